package dev.espalier.server.repository;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.util.JsonFormat;
import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.files.RegularFile;
import dev.espalier.server.repository.fields.FieldNames;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads `config.pbtxt`, or what stands in for it.
final class ConfigFile {
    private static final String NAME = "config.pbtxt";

    /// The folder with configurations to choose from.
    private static final String FOLDER = "configs";

    private static final String SUFFIX = ".pbtxt";

    /// How long a configuration may be: some bytes of text make a message of a hundred.
    private static final int MOST = 1 << 20;

    private ConfigFile() {}

    /// The configuration at `place` as it is written, with the name filled in.
    ///
    /// @throws ServingException when it is missing though needed, or broken
    static ModelConfig read(ModelPlace place, RepositoryOptions options) throws ServingException {
        String name = place.name();
        Path file = file(place.folder(), options.configName());
        ModelConfig.Builder config = ModelConfig.newBuilder();
        if (!place.config().isEmpty()) {
            parseJson(place.config(), config);
        } else if (Files.exists(file)) {
            parse(file, config);
        } else if (!options.autoComplete()) {
            throw invalid(
                    "failed to open text file for read %s: No such file or directory"
                            .formatted(file));
        }
        if (!config.getName().isEmpty() && !config.getName().equals(name)) {
            throw invalid(
                    "unexpected directory name '%s' for model '%s', directory name must equal model name"
                            .formatted(name, config.getName()));
        }
        if (config.hasEnsembleScheduling()) {
            throw unsupported(name, "ensemble_scheduling");
        }
        return config.setName(name).build();
    }

    /// A model that has not the configuration that was asked for is served with its usual one, as with Triton.
    private static Path file(Path folder, String configName) {
        Path chosen = folder.resolve(FOLDER).resolve(configName + SUFFIX);
        return !configName.isEmpty() && Files.exists(chosen) ? chosen : folder.resolve(NAME);
    }

    private static void parseJson(String json, ModelConfig.Builder config) throws ServingException {
        if (json.length() > MOST) {
            throw invalid(
                    "parameter 'config' has %d characters (expected: %d at most)"
                            .formatted(json.length(), MOST));
        }
        try {
            JsonFormat.parser().merge(json, config);
        } catch (InvalidProtocolBufferException failure) {
            throw invalid(
                    "parameter 'config' is no model configuration as JSON: "
                            + FieldNames.withHint(String.valueOf(failure.getMessage())));
        }
    }

    private static void parse(Path file, ModelConfig.Builder config) throws ServingException {
        try {
            TextFormat.getParser().merge(RegularFile.text(file, MOST), config);
        } catch (TextFormat.ParseException failure) {
            throw invalid(
                    "%s:%d:%d: %s"
                            .formatted(
                                    file,
                                    failure.getLine(),
                                    failure.getColumn(),
                                    FieldNames.withHint(
                                            withoutPlace(String.valueOf(failure.getMessage())))));
        } catch (MalformedInputException _) {
            throw invalid(file + " is not UTF-8 text");
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "%s cannot be read: %s".formatted(file, failure.getMessage()),
                    failure);
        }
    }

    /// The parser's messages begin with line and column themselves.
    private static String withoutPlace(String message) {
        return message.replaceFirst("^\\d+:\\d+: ", "");
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }

    private static ServingException unsupported(String model, String field) {
        return new ServingException(
                ErrorCode.UNSUPPORTED,
                "the configuration of %s has '%s', which this server does not support yet"
                        .formatted(model, field));
    }
}
