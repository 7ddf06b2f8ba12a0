package dev.espalier.installer;

import dev.espalier.installer.products.Product;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.aether.artifact.Artifact;

/// A version of an engine that can be installed: versions of the Maven packages of its natives.
///
/// @param version the engine's; empty where only the library itself can tell
/// @param partVersions those of the packages, in the product's order
record Release(Product product, String version, List<String> partVersions) {
    Release {
        partVersions = List.copyOf(partVersions);
        if (partVersions.size() != product.parts().size()) {
            throw new IllegalArgumentException(
                    "%s %s has versions %s (expected: %d)"
                            .formatted(
                                    product.title(),
                                    version,
                                    partVersions,
                                    product.parts().size()));
        }
    }

    /// The packages for a machine, by the JVM's name for it, in the order of the parts.
    List<Artifact> natives(String machine) {
        List<Artifact> natives = new ArrayList<>();
        for (int i = 0; i < partVersions.size(); i++) {
            natives.add(product.parts().get(i).artifact(partVersions.get(i), machine));
        }
        return natives;
    }

    /// Such as `tensorflow-2.16.2`.
    String name() {
        return product.engine() + "-" + version;
    }
}
