package dev.espalier.installer;

import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;

/// A TensorFlow that can be installed: a version of the Maven package of its natives.
///
/// @param version TensorFlow's; empty where only the library itself can tell
/// @param artifactVersion the Maven package's
record Release(String version, String artifactVersion) {
    private static final String PACKAGE = "org.tensorflow:tensorflow-core-native";

    /// The natives for a machine, by the JVM's name for it.
    Artifact natives(String machine) {
        String platform =
                switch (machine) {
                    case "amd64" -> "linux-x86_64";
                    case "aarch64" -> "linux-arm64";
                    default -> "linux-" + machine;
                };
        return new DefaultArtifact(PACKAGE + ":jar:" + platform + ":" + artifactVersion);
    }
}
