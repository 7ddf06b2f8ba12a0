package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.workers.WorkerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A version's files and op libraries as they are laid where its workers read.
///
/// @param folder where its files lie
/// @param modelFile what the engine loads
/// @param libraries the files of its op libraries
record LaidVersion(
        WorkerFiles worker, VersionFiles files, Path folder, Path modelFile, List<String> libraries)
        implements AutoCloseable {
    LaidVersion {
        libraries = List.copyOf(libraries);
    }

    /// @throws ServingException when there is no room for them
    static LaidVersion lay(VersionDefinition definition, WorkerFiles worker)
            throws ServingException {
        try {
            List<String> libraries = new ArrayList<>();
            for (OpLibrary library : definition.ops().libraries()) {
                libraries.add(worker.lay(library).toString());
            }
            Path copies = definition.files().folder();
            Path folder = worker.lay(copies);
            return new LaidVersion(
                    worker,
                    definition.files(),
                    folder,
                    folder.resolve(copies.relativize(definition.modelFile())),
                    libraries);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "the model's files cannot be laid where its worker reads (see --state-directory): "
                            + failure,
                    failure);
        }
    }

    /// A text of an engine, which knows the files that were laid, in terms of the user's files.
    String inUsersTerms(String text) {
        return files.inUsersTerms(text.replace(folder.toString(), files.folder().toString()));
    }

    @Override
    public void close() {
        worker.remove(folder);
    }
}
