package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Finds the op libraries of a model version: those in its own `ops/`, those in the model's `ops/`, and
/// those that `model_operations` names.
final class OpLibraryFinder {
    static final String FOLDER = "ops";

    private OpLibraryFinder() {}

    /// The libraries, nearest first. A name in the version's folder hides the same in the model's.
    ///
    /// @throws ServingException when a library that the configuration names is not there
    static List<Path> find(Path model, Path version, ModelConfig config) throws ServingException {
        Set<Path> found = new LinkedHashSet<>();
        for (String name : config.getModelOperations().getOpLibraryFilenameList()) {
            found.add(named(model, version, name));
        }
        List<Path> nearest = librariesIn(version.resolve(FOLDER));
        found.addAll(nearest);
        for (Path library : librariesIn(model.resolve(FOLDER))) {
            boolean hidden =
                    nearest.stream()
                            .anyMatch(near -> near.getFileName().equals(library.getFileName()));
            if (!hidden) {
                found.add(library);
            }
        }
        return List.copyOf(found);
    }

    private static Path named(Path model, Path version, String name) throws ServingException {
        for (Path base : List.of(version, model)) {
            Path file = RepositoryPath.inside(model, base, name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new ServingException(
                ErrorCode.UNAVAILABLE,
                "op library '%s' of model_operations is neither in %s nor in %s"
                        .formatted(name, version, model));
    }

    private static List<Path> librariesIn(Path folder) throws ServingException {
        List<Path> libraries = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return libraries;
        }
        try (var entries = Files.newDirectoryStream(folder, "*.so")) {
            for (Path entry : entries) {
                libraries.add(entry);
            }
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "the op libraries in %s cannot be listed: %s"
                            .formatted(folder, failure.getMessage()),
                    failure);
        }
        libraries.sort(null);
        return libraries;
    }
}
