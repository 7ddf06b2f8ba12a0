package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Resolves the names of files in configurations. Whoever may send a configuration may not thereby reach
/// the machine's other files; a symbolic link in the folder was made by somebody who may.
final class RepositoryPath {
    private RepositoryPath() {}

    /// The file `name` relative to `base`; it need not exist.
    ///
    /// @param model the model's folder, out of which no name may lead
    /// @throws ServingException when it does
    static Path inside(Path model, Path base, String name) throws ServingException {
        try {
            Path file = base.resolve(name).normalize();
            if (!file.startsWith(model.normalize())) {
                throw invalid(name, "leads out of the model's folder " + model);
            }
            return file;
        } catch (InvalidPathException failure) {
            throw invalid(name, "is no path: " + failure.getMessage());
        }
    }

    private static ServingException invalid(String name, String what) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "'%s' in the configuration %s (expected: a file inside the model's folder)"
                        .formatted(name, what));
    }
}
