package dev.espalier.server.repository;

import dev.espalier.server.config.BackendOptions;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.ModelFormats;
import dev.espalier.server.ops.OpChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads models: configuration, versions, op libraries. Everything that workers will load is copied in
/// the same look, and a look counts only when no file has changed from its beginning to its end.
final class ModelReader {
    private static final int LOOKS = 20;
    private static final long PAUSE_MILLIS = 100;

    private final RepositoryOptions options;
    private final BackendOptions backends;
    private final ModelFormats formats;
    private final ModelOps ops;
    private final PrivateFolder copies;

    ModelReader(
            RepositoryOptions options,
            BackendOptions backends,
            ModelFormats formats,
            ModelOps ops,
            PrivateFolder copies) {
        this.options = options;
        this.backends = backends;
        this.formats = formats;
        this.ops = ops;
        this.copies = copies;
    }

    /// Reads the model at `place`.
    ///
    /// @param serving what serves under its name; copies of files that are the same are shared with it
    /// @throws ServingException when the files go on changing
    ModelReading read(ModelPlace place, LoadedModel serving)
            throws ServingException, InterruptedException {
        ModelReading.Look before = ModelReading.Look.at(ops.places(place));
        for (int looks = 1; ; looks++) {
            ModelReading reading = readOnce(place, serving, before);
            ModelReading.Look after = before.again();
            if (after.equals(before)) {
                return reading;
            }
            reading.close();
            if (looks == LOOKS) {
                throw new ServingException(
                        ErrorCode.UNAVAILABLE,
                        "files of model '%s' are being written: %s (expected: no change while they are read); load it when they are complete"
                                .formatted(
                                        place.name(), after.stamps().differences(before.stamps())));
            }
            Thread.sleep(PAUSE_MILLIS);
            before = after.again();
        }
    }

    private ModelReading readOnce(ModelPlace place, LoadedModel serving, ModelReading.Look look)
            throws InterruptedException {
        ModelFolder folder;
        try {
            folder = ModelFolder.read(place, options, backends, formats);
        } catch (VersionsRefused refused) {
            Map<Long, String> failures = new HashMap<>();
            refused.versions().forEach(number -> failures.put(number, refused.text()));
            return new ModelReading.Complete(look, List.of(), failures, List.of());
        } catch (ServingException failure) {
            return new ModelReading.Unusable(look, failure);
        }
        List<VersionDefinition> versions = new ArrayList<>();
        Map<Long, String> failures = new HashMap<>();
        for (long number : folder.versions()) {
            try {
                versions.add(version(place, folder, number, serving.files(number)));
            } catch (ServingException failure) {
                failures.put(number, failure.text());
            }
        }
        return new ModelReading.Complete(look, versions, failures, folder.notes());
    }

    private VersionDefinition version(
            ModelPlace place, ModelFolder folder, long number, @Nullable VersionFiles previous)
            throws ServingException, InterruptedException {
        Path file = folder.modelFile(number);
        VersionFiles files = files(folder.versionFolder(number), previous);
        try {
            Path copy = files.copyOf(file);
            ModelDescription model = folder.describe(file, copy);
            OpChoice chosen = ops.choose(place, folder, number, model.needs());
            return folder.version(number, model, files, copy, chosen);
        } catch (ServingException | InterruptedException failure) {
            files.close();
            throw failure;
        }
    }

    private VersionFiles files(Path folder, @Nullable VersionFiles previous)
            throws ServingException {
        try {
            if (previous != null && previous.hold()) {
                if (previous.isCopyOf(folder)) {
                    return previous;
                }
                previous.close();
            }
            return VersionFiles.copy(folder, copies.next());
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "the files in %s cannot be copied (see --state-directory): %s"
                            .formatted(folder, failure),
                    failure);
        }
    }
}
