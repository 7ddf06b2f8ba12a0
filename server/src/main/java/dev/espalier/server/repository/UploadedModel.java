package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.files.FolderRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A model's folder made of the files that came with a request. It is needed only until the model has
/// been read.
record UploadedModel(Path folder) implements AutoCloseable {
    /// Writes `files` to the new folder `folder`.
    ///
    /// @param files by their path in the model's folder
    /// @throws ServingException when a path leads out of it, or a file cannot be written
    static UploadedModel write(Path folder, Map<String, byte[]> files) throws ServingException {
        UploadedModel model = new UploadedModel(folder);
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                model.write(file.getKey(), file.getValue());
            }
            return model;
        } catch (ServingException failure) {
            model.close();
            throw failure;
        }
    }

    private void write(String name, byte[] content) throws ServingException {
        Path file = RepositoryPath.inside(folder, folder, name);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "parameter 'file:%s' cannot be written: %s".formatted(name, failure),
                    failure);
        }
    }

    @Override
    public void close() {
        FolderRemoval.remove(folder);
    }
}
