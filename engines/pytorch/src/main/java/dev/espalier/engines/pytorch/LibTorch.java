package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.NativeEnvironment;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// libtorch, and the native half of its binding, loaded for as long as the process lives.
final class LibTorch {
    /// All memory of the process, to read and write at addresses without making segments.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// The releases whose functions the binding calls.
    private static final String BOUND = "2.13.";

    /// In this order: each needs those before it.
    private static final List<String> BESIDE = List.of("libjnijavacpp.so", "libjnitorch.so");

    private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([0-9][0-9A-Za-z.]*)");

    private LibTorch() {}

    /// Loads all of it.
    ///
    /// @param library the path of `libtorch`, beside which the others lie
    /// @return the version that it reports, such as `2.13.0`
    static String load(Path library) throws EngineException {
        tame();
        open(library);
        for (String name : BESIDE) {
            open(library.resolveSibling(name));
        }
        String version = version(library);
        if (!version.startsWith(BOUND)) {
            throw new EngineException(
                    "PyTorch library: %s is PyTorch %s (expected: %sx, as this server's binding)"
                            .formatted(library, version, BOUND));
        }
        return version;
    }

    /// Settings that are read when the libraries and classes are loaded.
    private static void tame() {
        // Its threads would spin for each other's work and cost ten times the CPU of a small model;
        // PyTorch's own
        // threads compute beside each other.
        NativeEnvironment.setUnlessSet("OPENBLAS_NUM_THREADS", "1");
        // The binding would look for natives in its jars, count the process's memory against the
        // Java heap's limit,
        // and free what is not closed whenever the collector comes by: everything is closed here.
        System.setProperty("org.bytedeco.javacpp.loadlibraries", "false");
        System.setProperty("org.bytedeco.javacpp.maxbytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
        System.setProperty("org.bytedeco.javacpp.nopointergc", "true");
    }

    private static void open(Path library) throws EngineException {
        if (!Files.isReadable(library)) {
            throw new EngineException(
                    "PyTorch library: " + library + " (expected: a readable file)");
        }
        try {
            System.load(library.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError failure) {
            throw new EngineException(
                    "Loading %s: %s".formatted(library, failure.getMessage()), failure);
        }
    }

    /// The binding's text, which is null for an empty one.
    static String text(@Nullable BytePointer text) {
        return text == null ? "" : text.getString();
    }

    private static String version(Path library) throws EngineException {
        try (BytePointer config = torch.show_config()) {
            Matcher version = VERSION.matcher(config.getString());
            if (version.find()) {
                return version.group(1);
            }
            throw new EngineException(
                    "PyTorch library: %s does not tell its version (expected: a build of libtorch)"
                            .formatted(library));
        }
    }
}
