package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.OnnxModel;
import dev.espalier.server.formats.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A model's folder: its configuration, its versions, their files.
final class ModelFolder {
    private static final String DEFAULT_FILE = "model.onnx";

    private final Path folder;
    private final boolean autoComplete;
    private final int defaultMaxBatchSize;
    private final ModelConfig config;
    private final List<Long> versions;

    private ModelFolder(
            Path folder,
            boolean autoComplete,
            int defaultMaxBatchSize,
            ModelConfig config,
            List<Long> versions) {
        this.folder = folder;
        this.autoComplete = autoComplete;
        this.defaultMaxBatchSize = defaultMaxBatchSize;
        this.config = config;
        this.versions = versions;
    }

    /// Reads the configuration of the model in `folder`, whose name is the model's.
    ///
    /// @param autoComplete take from the model's file what the configuration does not say
    /// @param defaultMaxBatchSize what a completed model that can batch gets as its `max_batch_size`
    /// @throws ServingException when no version of the model can be served; the message says why
    static ModelFolder read(Path folder, boolean autoComplete, int defaultMaxBatchSize)
            throws ServingException {
        String name = String.valueOf(folder.getFileName());
        ModelConfig config = ConfigFile.read(folder, name, autoComplete);
        ConfigChecks.checkWritten(config);
        return new ModelFolder(
                folder,
                autoComplete,
                defaultMaxBatchSize,
                config,
                VersionSelection.select(folder, config));
    }

    /// The numbers of the versions to serve, lowest first.
    List<Long> versions() {
        return versions;
    }

    /// Reads a version's files.
    ///
    /// @throws ServingException when this version cannot be served; the message says why
    VersionDefinition version(long number) throws ServingException {
        Path versionFolder = folder.resolve(Long.toString(number));
        String fileName =
                config.getDefaultModelFilename().isEmpty()
                        ? DEFAULT_FILE
                        : config.getDefaultModelFilename();
        Path file = versionFolder.resolve(fileName);
        if (!Files.isReadable(file)) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "failed to stat file %s (expected: the model's file; see default_model_filename)"
                            .formatted(file));
        }
        ModelConfig complete = config.toBuilder().setDefaultModelFilename(fileName).build();
        if (autoComplete) {
            complete = ConfigCompletion.complete(complete, model(file), defaultMaxBatchSize);
        }
        ConfigChecks.checkComplete(complete);
        return new VersionDefinition(
                number,
                ConfigDefaults.writtenOut(complete),
                file,
                OpLibraryFinder.find(folder, versionFolder, complete),
                LabelFiles.read(folder, complete));
    }

    private static OnnxModel model(Path file) throws ServingException {
        try {
            return OnnxReader.read(file);
        } catch (IOException | FormatException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "%s is not a whole ONNX model: %s".formatted(file, failure.getMessage()),
                    failure);
        }
    }
}
