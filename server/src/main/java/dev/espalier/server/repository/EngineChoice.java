package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.formats.ModelFormats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Which format a model has, and thereby which engine it is for: what its configuration says, else what
/// its file is called.
final class EngineChoice {
    private final ModelFormats known;
    private final ModelConfig config;
    private final Path folder;

    private EngineChoice(ModelFormats known, ModelConfig config, Path folder) {
        this.known = known;
        this.config = config;
        this.folder = folder;
    }

    /// @param known the formats that there are
    /// @param folder the model's
    /// @throws ServingException when it is one that this server does not have, or cannot be told
    static ModelFormat format(ModelFormats known, ModelConfig config, Path folder)
            throws ServingException {
        return new EngineChoice(known, config, folder).format();
    }

    /// @throws ServingException when the configuration names a backend that this server does not have
    static void checkBackend(ModelFormats known, ModelConfig config) throws ServingException {
        String backend = config.getBackend();
        if (!backend.isEmpty() && known.ofBackend(backend).isEmpty()) {
            throw invalid(
                    "unable to find backend library for backend '%s' of %s (this server has: %s)"
                            .formatted(
                                    backend,
                                    config.getName(),
                                    String.join(", ", known.backends())));
        }
    }

    private ModelFormat format() throws ServingException {
        String backend = config.getBackend();
        List<ModelFormat> formats = backend.isEmpty() ? known.all() : known.ofBackend(backend);
        checkBackend(known, config);
        if (!config.getPlatform().isEmpty()) {
            return ofPlatform(formats);
        }
        for (ModelFormat format : formats) {
            if (isNamedSo(format)) {
                return format;
            }
        }
        if (backend.isEmpty() && config.getDefaultModelFilename().isEmpty()) {
            throw invalid(
                    "Could not determine backend for model '%s' with no backend in model configuration (expected: a file %s/<version>/%s, or a backend: %s)"
                            .formatted(
                                    config.getName(),
                                    folder,
                                    known.all().stream()
                                            .map(ModelFormat::fileName)
                                            .collect(Collectors.joining(" or ")),
                                    backends()));
        }
        return formats.getFirst();
    }

    private ModelFormat ofPlatform(List<ModelFormat> formats) throws ServingException {
        return formats.stream()
                .filter(format -> format.platform().equals(config.getPlatform()))
                .findFirst()
                .orElseThrow(() ->
                        invalid(
                                "unexpected platform type '%s' for %s (this server has: %s)"
                                        .formatted(
                                                config.getPlatform(),
                                                config.getName(),
                                                formats.stream()
                                                        .map(ModelFormat::platform)
                                                        .collect(Collectors.joining(", ")))));
    }

    /// Whether the model's file has a name of that format.
    private boolean isNamedSo(ModelFormat format) {
        String name = config.getDefaultModelFilename();
        if (!name.isEmpty()) {
            return name.endsWith(format.suffix());
        }
        return VersionSelection.versionsIn(folder).stream()
                .anyMatch(number ->
                        Files.exists(
                                folder.resolve(Long.toString(number)).resolve(format.fileName())));
    }

    private String backends() {
        return String.join(", ", known.backends());
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }
}
