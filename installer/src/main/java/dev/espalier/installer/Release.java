package dev.espalier.installer;

import org.eclipse.aether.artifact.Artifact;

/// A version of an engine that can be installed: a version of the Maven package of its natives.
///
/// @param version the engine's; empty where only the library itself can tell
/// @param artifactVersion the Maven package's
record Release(Product product, String version, String artifactVersion) {
    /// The natives for a machine, by the JVM's name for it.
    Artifact natives(String machine) {
        return product.natives(artifactVersion, machine);
    }

    /// Such as `tensorflow-2.16.2`.
    String name() {
        return product.engine() + "-" + version;
    }
}
