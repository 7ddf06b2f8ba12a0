package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.BackendOptions;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.formats.ModelFormats;
import dev.espalier.server.ops.OpChoice;
import dev.espalier.server.repository.fields.ChecksumAgent;
import dev.espalier.server.repository.fields.FieldWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A model's folder: its configuration, its versions, their files.
final class ModelFolder {
    private final Path folder;
    private final List<String> notes;
    private final boolean autoComplete;
    private final int defaultMaxBatchSize;
    private final ModelConfig config;
    private final ModelFormat format;
    private final List<Long> versions;

    private ModelFolder(
            Path folder,
            List<String> notes,
            boolean autoComplete,
            int defaultMaxBatchSize,
            ModelConfig config,
            ModelFormat format,
            List<Long> versions) {
        this.folder = folder;
        this.notes = notes;
        this.autoComplete = autoComplete;
        this.defaultMaxBatchSize = defaultMaxBatchSize;
        this.config = config;
        this.format = format;
        this.versions = versions;
    }

    /// Reads the configuration of the model at `place`.
    ///
    /// @param backends say what a completed model that can batch gets as its `max_batch_size`
    /// @param formats those that there are
    /// @throws VersionsRefused when its configuration is one, and none of its versions can be served with it
    /// @throws ServingException when no version of the model can be served; the message says why
    static ModelFolder read(
            ModelPlace place,
            RepositoryOptions options,
            BackendOptions backends,
            ModelFormats formats)
            throws ServingException {
        Path folder = place.folder();
        ModelConfig written = ConfigFile.read(place, options);
        ConfigChecks.checkWritten(written);
        ChecksumAgent.check(written, name -> RepositoryPath.inside(folder, folder, name));
        List<Long> versions = VersionSelection.select(folder, written);
        List<String> notes;
        ModelFormat format;
        try {
            EngineChoice.checkBackend(formats, written);
        } catch (ServingException failure) {
            throw new VersionsRefused(versions, failure);
        }
        format = EngineChoice.format(formats, written, folder);
        try {
            ConfigChecks.checkDevice(written, format.backend());
            notes = new ArrayList<>(FieldWalk.notes(written, format.backend()));
        } catch (ServingException failure) {
            throw new VersionsRefused(versions, failure);
        }
        for (String ignored : VersionSelection.ignored(folder)) {
            notes.add(
                    "folder `%s` is no version: the number of one does not begin with 0"
                            .formatted(ignored));
        }
        return new ModelFolder(
                folder,
                List.copyOf(notes),
                options.autoComplete(),
                backends.defaultMaxBatchSize(format.backend().name()),
                written.toBuilder()
                        .setBackend(format.backend().name())
                        .setPlatform(format.platform())
                        .build(),
                format,
                versions);
    }

    /// What of the configuration has no effect.
    List<String> notes() {
        return notes;
    }

    /// The numbers of the versions to serve, lowest first.
    List<Long> versions() {
        return versions;
    }

    Path versionFolder(long number) {
        return folder.resolve(Long.toString(number));
    }

    /// The file that a version's engine loads.
    ///
    /// @throws ServingException when it is not there
    Path modelFile(long number) throws ServingException {
        Path versionFolder = versionFolder(number);
        Path file = RepositoryPath.inside(versionFolder, versionFolder, fileName());
        if (!Files.isReadable(file) || !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "failed to stat file %s (expected: the model's file; see default_model_filename)"
                            .formatted(file));
        }
        return file;
    }

    /// Those of its files that are op libraries themselves.
    List<Path> code(long number) throws ServingException {
        return format.code() ? List.of(modelFile(number)) : List.of();
    }

    private String fileName() {
        return config.getDefaultModelFilename().isEmpty()
                ? format.fileName()
                : config.getDefaultModelFilename();
    }

    /// The names of op libraries in the configuration.
    List<String> namedOpLibraries() {
        return config.getModelOperations().getOpLibraryFilenameList();
    }

    /// The engine that the model asks for.
    String engine() {
        return config.getBackend();
    }

    /// The version of the engine that the model asks for; empty where any will do.
    String engineVersion() {
        return ExecutionParameters.text(config, "engine_version");
    }

    /// A version, completed.
    ///
    /// @param model what its file says
    /// @param files copies of its files, with which it is served
    /// @param copy the one of its model's file
    /// @throws ServingException when this version cannot be served; the message says why
    VersionDefinition version(
            long number, ModelDescription model, VersionFiles files, Path copy, OpChoice choice)
            throws ServingException {
        ModelConfig complete = completed(model);
        boolean tells = complete.getInputCount() > 0 && complete.getOutputCount() > 0;
        return new VersionDefinition(
                number,
                format.backend(),
                ConfigDefaults.writtenOut(complete, format.backend()),
                tells || !autoComplete || format.tensors() == ModelFormat.Tensors.IN_FILE,
                copy,
                choice,
                WarmUpSample.read(folder, complete),
                LabelFiles.read(folder, complete),
                files);
    }

    /// The configuration of a version, completed and found good.
    ///
    /// @throws ServingException when this version cannot be served; the message says why
    ModelConfig completed(ModelDescription model) throws ServingException {
        ModelConfig complete = config.toBuilder().setDefaultModelFilename(fileName()).build();
        if (autoComplete) {
            complete = ConfigCompletion.complete(complete, model, defaultMaxBatchSize);
        }
        ConfigChecks.checkComplete(complete);
        return complete;
    }

    /// What a version's file says of the model.
    ///
    /// @param file the user's, for messages
    /// @param copy from which it is read
    /// @throws ServingException when it says nothing that can be understood
    ModelDescription describe(Path file, Path copy) throws ServingException {
        try {
            return format.reader().read(copy, PlanBuilder.parameters(config));
        } catch (IOException | FormatException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "%s is not a whole %s: %s"
                            .formatted(file, format.title(), failure.getMessage()),
                    failure);
        }
    }
}
