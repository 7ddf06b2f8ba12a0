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

/// Installs engine packs: the natives out of the Maven package, and a description. A pack is tried
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
    /// Installs a release unless it is there.
    void install(Release release) throws InstallException {
        if (!release.version().isEmpty() && isThere(release.name())) {
            return;
        }
        Path jar = registry.file(release.natives(machine));
        Path folder = installed.begin();
        try {
            Product product = release.product();
            Path library =
                    unpack(product, jar, folder)
                            .orElseThrow(() ->
                                    new InstallException(
                                            "%s has no library to load (expected: a package of %s's natives)"
                                                    .formatted(jar, product.title())));
            String version = natives.version(product, library);
            if (!release.version().isEmpty() && !version.equals(release.version())) {
                throw new InstallException(
                        "%s has %s %s (expected: %s)"
                                .formatted(jar, product.title(), version, release.version()));
            }
            String name = new Release(product, version, release.artifactVersion()).name();
            if (isThere(name)) {
                return;
            }
            describe(product, folder, version, library);
            Pack pack = installed.finish(folder, name);
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

    private boolean isThere(String name) throws InstallException {
        Optional<Pack> pack = distribution.find(name);
        if (pack.isEmpty()) {
            pack = installed.find(name);
        }
        pack.ifPresent(found -> out.printf("%s is there: %s%n", name, found.folder()));
        return pack.isPresent();
    }

    /// @return the library that is loaded; empty where the jar has none
    private Optional<Path> unpack(Product product, Path jar, Path folder) throws IOException {
        Path libraries = Files.createDirectory(folder.resolve(machine));
        Optional<Path> library = Optional.empty();
        try (ZipFile content = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = content.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                Path file = (Product.isLicence(name) ? folder : libraries).resolve(name);
                if (!Product.isLicence(name) && !product.isBeside(name)) {
                    continue;
                }
                try (InputStream bytes = content.getInputStream(entry)) {
                    Files.copy(bytes, file);
                }
                if (product.isLibrary(name)) {
                    library = Optional.of(file);
                }
            }
        }
        return library;
    }

    private void describe(Product product, Path folder, String version, Path library)
            throws IOException {
        Files.createFile(folder.resolve(PackFolder.LOCK));
        Files.writeString(
                folder.resolve(Pack.DESCRIPTION),
                """
                # An engine pack, made by espalier engine install. Paths are relative to this file's folder.
                engine=%s
                version=%s
                library.%s=%s/%s
                """
                        .formatted(
                                product.engine(),
                                version,
                                machine,
                                machine,
                                library.getFileName()));
    }
}
