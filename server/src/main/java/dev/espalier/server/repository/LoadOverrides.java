package dev.espalier.server.repository;

import java.util.Map;

/// What a request to load a model puts in the place of its files.
///
/// @param config the configuration as JSON, instead of `config.pbtxt`; empty for none
/// @param files files by their path in the model's folder; if there are any, nothing of the repository's
///     folder counts
public record LoadOverrides(String config, Map<String, byte[]> files) {
    /// Load what the repository has.
    public static final LoadOverrides NONE = new LoadOverrides("", Map.of());

    public LoadOverrides {
        files = Map.copyOf(files);
    }
}
