package dev.espalier.installer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The engines that can be installed, by the names that users give them: `tensorflow-2.16.2` for a version
/// of which it is known where it is, `tensorrt-10.6` for the newest that begins so, `tensorflow` for the newest
/// of all, `tensorflow:1.0.0` for any version of the Maven package.
final class Releases {
    /// Newest first, engine by engine.
    private final List<Release> known = new ArrayList<>();

    Releases() {
        for (Product product : Product.values()) {
            known.addAll(read(product));
        }
    }

    private static List<Release> read(Product product) {
        String resource = product.engine() + ".txt";
        try (InputStream table = Releases.class.getResourceAsStream(resource)) {
            if (table == null) {
                throw new IllegalStateException(resource + " is missing in the installer's jar");
            }
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .map(words -> new Release(product, words[0], words[1]))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// @throws InstallException when there is no such engine
    Release find(String name) throws InstallException {
        int colon = name.indexOf(':');
        if (colon >= 0) {
            String artifactVersion = name.substring(colon + 1);
            Optional<Product> product = Product.named(name.substring(0, colon));
            if (product.isPresent() && artifactVersion.matches("[0-9][0-9A-Za-z.-]*")) {
                return new Release(product.get(), "", artifactVersion);
            }
        }
        return known.stream()
                .filter(release ->
                        name.equals(release.product().engine())
                                || (release.name() + ".").startsWith(name + "."))
                .findFirst()
                .orElseThrow(() ->
                        new InstallException(
                                "engine '%s' (expected: one of %s; or %s for another)"
                                        .formatted(name, String.join(", ", names()), byPackage())));
    }

    private static String byPackage() {
        return Arrays.stream(Product.values())
                .map(product ->
                        "%s:<version of %s>".formatted(product.engine(), product.mavenPackage()))
                .collect(Collectors.joining(" or "));
    }

    /// The names of those of which it is known where they are.
    List<String> names() {
        return known.stream().map(Release::name).toList();
    }
}
