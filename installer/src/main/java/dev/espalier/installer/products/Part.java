package dev.espalier.installer.products;

import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;

/// A Maven package with natives of an engine.
///
/// @param mavenPackage group and artifact
/// @param classifier what follows the platform in its classifier
/// @param files which of its files go into the pack, as a pattern of their names
public record Part(String mavenPackage, String classifier, String files) {
    /// Whether a file of that name is taken.
    public boolean takes(String name) {
        return name.matches(files);
    }

    /// The package for a machine, by the JVM's name for it.
    public Artifact artifact(String version, String machine) {
        String platform =
                switch (machine) {
                    case "amd64" -> "linux-x86_64";
                    case "aarch64" -> "linux-arm64";
                    default -> "linux-" + machine;
                };
        return new DefaultArtifact(
                "%s:jar:%s%s:%s".formatted(mavenPackage, platform, classifier, version));
    }
}
