package dev.espalier.installer;

import dev.espalier.installer.products.Product;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The engines that can be installed, by the names that users give them: `tensorflow-2.16.2` for a version
/// of which it is known where it is, `tensorrt-10.6` for the newest that begins so, `tensorflow` for the newest
/// of all, `tensorflow:1.0.0` for any version of the Maven package, where there is one only.
final class Releases {
    private final Products products;

    /// Newest first, engine by engine.
    private final List<Release> known = new ArrayList<>();

    Releases(Products products) {
        this.products = products;
        for (Product product : products.all()) {
            for (List<String> words : product.table()) {
                known.add(new Release(product, words.getFirst(), words.subList(1, words.size())));
            }
        }
    }

    /// @throws InstallException when there is no such engine
    Release find(String name) throws InstallException {
        int colon = name.indexOf(':');
        if (colon >= 0) {
            String artifactVersion = name.substring(colon + 1);
            Optional<Product> product =
                    products.named(name.substring(0, colon)).filter(Releases::isOnePackage);
            if (product.isPresent() && artifactVersion.matches("[0-9][0-9A-Za-z.-]*")) {
                return new Release(product.get(), "", List.of(artifactVersion));
            }
        }
        return known.stream()
                .filter(release ->
                        name.equals(release.product().engine())
                                || (release.name() + ".").startsWith(name + "."))
                .findFirst()
                .orElseThrow(() ->
                        new InstallException(
                                "engine '%s' (expected: one of %s%s)"
                                        .formatted(name, String.join(", ", names()), byPackage())));
    }

    private static boolean isOnePackage(Product product) {
        return product.parts().size() == 1;
    }

    /// How further versions are named, behind the known ones; nothing where none can be.
    private String byPackage() {
        if (products.all().stream().noneMatch(Releases::isOnePackage)) {
            return "";
        }
        return products.all().stream()
                .filter(Releases::isOnePackage)
                .map(product ->
                        "%s:<version of %s>"
                                .formatted(
                                        product.engine(),
                                        product.parts().getFirst().mavenPackage()))
                .collect(Collectors.joining(" or ", "; or ", " for another"));
    }

    /// The names of those of which it is known where they are.
    List<String> names() {
        return known.stream().map(Release::name).toList();
    }
}
