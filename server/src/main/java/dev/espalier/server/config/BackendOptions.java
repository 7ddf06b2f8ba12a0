package dev.espalier.server.config;

import java.util.Map;

/// Settings of the backends.
///
/// @param defaultMaxBatchSize what auto-complete gives a model that can batch
/// @param settings by backend, then by name
public record BackendOptions(int defaultMaxBatchSize, Map<String, Map<String, String>> settings) {
    public BackendOptions {
        settings = Map.copyOf(settings);
    }
}
