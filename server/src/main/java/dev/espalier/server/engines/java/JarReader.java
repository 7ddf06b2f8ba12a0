package dev.espalier.server.engines.java;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.formats.ZipReader;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Reads the list of files of a model's jar, and of those beside it: whatever they say of themselves, the JVM that opens
/// them must not drown in it. What their classes do is the probe's affair, and the worker's.
final class JarReader {
    /// The folder beside a model's jar with the jars that it needs.
    static final String LIBRARIES = "lib";

    /// How the names of jars end: what is called otherwise would not be told to be one elsewhere.
    static final String SUFFIX = ".jar";

    /// More than a compiler makes of any class.
    private static final long LARGEST_CLASS = 16 << 20;

    /// The JVM reads what lies there when it opens a jar: its manifest, signatures, names of services.
    private static final String META = "META-INF/";

    private static final long LARGEST_META = 8 << 20;

    /// Nothing is known of the model but that its jar is one.
    private record Jar() implements ModelDescription {
        @Override
        public List<Tensor> inputs() {
            return List.of();
        }

        @Override
        public List<Tensor> outputs() {
            return List.of();
        }

        @Override
        public OpNeeds needs() {
            return OpNeeds.NONE;
        }
    }

    private JarReader() {}

    /// @throws FormatException when it, or one beside it, is no jar that can be opened
    static ModelDescription read(Path jar) throws IOException, FormatException {
        if (!jar.toString().endsWith(SUFFIX)) {
            throw new FormatException(
                    "it is called %s (expected: a name that ends with %s)"
                            .formatted(jar.getFileName(), SUFFIX));
        }
        try (SeekableByteChannel channel = Files.newByteChannel(jar)) {
            check(channel);
        }
        Path folder = jar.resolveSibling(LIBRARIES);
        if (Files.isDirectory(folder)) {
            try (var others = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                for (Path other : others) {
                    checkLibrary(other);
                }
            } catch (DirectoryIteratorException failure) {
                throw failure.getCause();
            }
        }
        return new Jar();
    }

    private static void checkLibrary(Path jar) throws IOException, FormatException {
        try (SeekableByteChannel channel = Files.newByteChannel(jar)) {
            check(channel);
        } catch (FormatException failure) {
            throw new FormatException(
                    "%s/%s: %s".formatted(LIBRARIES, jar.getFileName(), failure.getMessage()));
        }
    }

    static void check(SeekableByteChannel channel) throws IOException, FormatException {
        for (ZipReader.Entry entry : new ZipReader(channel, "the jar command").entries()) {
            String name = entry.name();
            if (leadsOut(name)) {
                throw new FormatException(
                        "it has a file '%s' (expected: paths inside the jar)".formatted(name));
            }
            long most =
                    name.endsWith(".class")
                            ? LARGEST_CLASS
                            : name.startsWith(META) ? LARGEST_META : Long.MAX_VALUE;
            if (entry.size() < 0 || entry.size() > most) {
                throw new FormatException(
                        "%s has %s bytes (expected: at most %d)"
                                .formatted(name, Long.toUnsignedString(entry.size()), most));
            }
        }
    }

    private static boolean leadsOut(String name) {
        return name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0
                || List.of(name.split("/", -1)).contains("..");
    }
}
