package dev.espalier.installer;

import dev.espalier.installer.products.Part;
import dev.espalier.installer.products.Product;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.eclipse.aether.artifact.Artifact;

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
        Product product = release.product();
        List<Path> jars = new ArrayList<>();
        for (Artifact artifact : release.natives(machine)) {
            jars.add(registry.file(artifact));
        }
        String named = jars.stream().map(Path::toString).collect(Collectors.joining(", "));
        Path folder = installed.begin();
        try {
            Path library =
                    unpack(product, jars, folder)
                            .orElseThrow(() ->
                                    new InstallException(
                                            "%s has no library to load (expected: a package of %s's natives)"
                                                    .formatted(named, product.title())));
            String version = natives.version(product, library);
            if (!release.version().isEmpty() && !version.equals(release.version())) {
                throw new InstallException(
                        "%s has %s %s (expected: %s)"
                                .formatted(named, product.title(), version, release.version()));
            }
            String name = new Release(product, version, release.partVersions()).name();
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
                    "%s cannot be unpacked into %s: %s".formatted(named, installed.path(), failure),
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

    /// @param jars the product's parts
    /// @return the library that is loaded; empty where no jar has it
    private Optional<Path> unpack(Product product, List<Path> jars, Path folder)
            throws IOException {
        Path libraries = Files.createDirectory(folder.resolve(machine));
        for (int i = 0; i < jars.size(); i++) {
            unpack(product.parts().get(i), jars.get(i), folder, libraries);
        }
        try (Stream<Path> files = Files.list(libraries)) {
            return files.filter(file -> product.isLibrary(file.getFileName().toString()))
                    .findFirst();
        }
    }

    private static void unpack(Part part, Path jar, Path folder, Path libraries)
            throws IOException {
        try (ZipFile content = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = content.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                boolean licence = Product.isLicence(name);
                if (licence || part.takes(name)) {
                    try (InputStream bytes = content.getInputStream(entry)) {
                        Files.copy(bytes, licence ? licence(folder) : libraries.resolve(name));
                    }
                }
            }
        }
    }

    /// Where a package's licence goes: under a name of its own, each with those before it.
    private static Path licence(Path folder) {
        Path file = folder.resolve("LICENSE");
        for (int i = 2; Files.exists(file); i++) {
            file = folder.resolve("LICENSE." + i);
        }
        return file;
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
