package dev.espalier.installer;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Installs TensorFlow packs: the natives out of the Maven package, and a description. A pack is tried
/// before it is put into place, and has no worker of its own: servers host it with the worker that came
/// with them.
///
/// @param distribution the packs that came with the server
/// @param installed where packs are put
/// @param machine the JVM's name of the machine that they are for
record Installation(
        PackFolder distribution,
        PackFolder installed,
        MavenRegistry registry,
        Natives natives,
        String machine,
        PrintStream out) {
    private static final String LIBRARY = "libtensorflow_cc.so.2";
    private static final String WANTED = "(.*/)?(libtensorflow_[a-z]+\\.so\\.2|LICENSE)";

    /// Installs a release unless it is there.
    void install(Release release) throws InstallException {
        if (!release.version().isEmpty() && isThere(name(release.version()))) {
            return;
        }
        Path jar = registry.file(release.natives(machine));
        Path folder = installed.begin();
        try {
            unpack(jar, folder);
            Path library = folder.resolve(machine).resolve(LIBRARY);
            if (!Files.exists(library)) {
                throw new InstallException(
                        "%s has no %s (expected: a package of TensorFlow's natives)"
                                .formatted(jar, LIBRARY));
            }
            String version = natives.version(library);
            if (!release.version().isEmpty() && !version.equals(release.version())) {
                throw new InstallException(
                        "%s has TensorFlow %s (expected: %s)"
                                .formatted(jar, version, release.version()));
            }
            if (isThere(name(version))) {
                return;
            }
            describe(folder, version);
            Pack pack = installed.finish(folder, name(version));
            out.printf(
                    "%s is installed: %d MB in %s%n",
                    pack.name(), pack.bytes() >> 20, pack.folder());
        } catch (IOException failure) {
            throw new InstallException(
                    "%s cannot be unpacked into %s: %s".formatted(jar, installed.path(), failure),
                    failure);
        } finally {
            PackFolder.delete(folder);
        }
    }

    private static String name(String version) {
        return "tensorflow-" + version;
    }

    private boolean isThere(String name) throws InstallException {
        Optional<Pack> pack = distribution.find(name);
        if (pack.isEmpty()) {
            pack = installed.find(name);
        }
        pack.ifPresent(found -> out.printf("%s is there: %s%n", name, found.folder()));
        return pack.isPresent();
    }

    private void unpack(Path jar, Path folder) throws IOException {
        Path libraries = Files.createDirectory(folder.resolve(machine));
        try (ZipFile content = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = content.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (entry.getName().matches(WANTED)) {
                    String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                    try (InputStream bytes = content.getInputStream(entry)) {
                        Files.copy(
                                bytes, (name.endsWith(".so.2") ? libraries : folder).resolve(name));
                    }
                }
            }
        }
    }

    private void describe(Path folder, String version) throws IOException {
        Files.createFile(folder.resolve(PackFolder.LOCK));
        Files.writeString(
                folder.resolve(Pack.DESCRIPTION),
                """
                # An engine pack, made by espalier engine install. Paths are relative to this file's folder.
                engine=tensorflow
                version=%s
                library.%s=%s/%s
                """
                        .formatted(version, machine, machine, LIBRARY));
    }
}
