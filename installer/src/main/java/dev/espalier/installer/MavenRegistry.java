package dev.espalier.installer;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/// The Maven registry, as the user's Maven reaches it: with the mirrors, proxies, passwords, profiles and
/// the local repository of its settings.
///
/// @param settings the settings' file; empty for the user's
/// @param progress is told how far a download is
record MavenRegistry(String settings, Progress progress) {
    /// The file of an artifact: from the local repository, else downloaded there and compared with the
    /// registry's checksum. Nothing but this file is asked for, no POM.
    ///
    /// @throws InstallException when it cannot be had
    Path file(Artifact artifact) throws InstallException {
        if (!settings.isEmpty() && !Files.isReadable(Path.of(settings))) {
            throw new InstallException(
                    "--settings: '%s' (expected: a file that can be read)".formatted(settings));
        }
        try (Context context = Runtimes.INSTANCE.getRuntime().create(overrides())) {
            return file(artifact, context);
        } catch (IllegalStateException failure) {
            Throwable cause = failure;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new InstallException(
                    "Maven's settings cannot be used: " + cause.getMessage(), failure);
        }
    }

    private ContextOverrides overrides() {
        ContextOverrides.Builder overrides =
                ContextOverrides.create()
                        .withUserSettings(true)
                        // What was not there, or not reached, an hour ago is asked for again.
                        .snapshotUpdatePolicy(ContextOverrides.SnapshotUpdatePolicy.ALWAYS)
                        .checksumPolicy(ContextOverrides.ChecksumPolicy.FAIL)
                        .transferListener(progress);
        if (!settings.isEmpty()) {
            overrides.withUserSettingsXmlOverride(Path.of(settings));
        }
        return overrides.build();
    }

    private static Path file(Artifact artifact, Context context) throws InstallException {
        ArtifactRequest request = new ArtifactRequest(artifact, context.remoteRepositories(), "");
        try {
            return context.repositorySystem()
                    .resolveArtifact(context.repositorySystemSession(), request)
                    .getArtifact()
                    .getFile()
                    .toPath();
        } catch (ArtifactResolutionException failure) {
            throw new InstallException(
                    "%s cannot be had from %s (see Maven's settings.xml): %s"
                            .formatted(
                                    artifact,
                                    context.remoteRepositories().stream()
                                            .map(RemoteRepository::getId)
                                            .collect(Collectors.joining(", ")),
                                    failure.getMessage()),
                    failure);
        }
    }
}
