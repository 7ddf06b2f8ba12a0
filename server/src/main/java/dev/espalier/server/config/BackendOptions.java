package dev.espalier.server.config;

import java.util.Map;

/// Settings of the backends.
///
/// @param defaultMaxBatchSize what auto-complete gives a model that can batch, where its backend has no
///     setting of its own
/// @param settings by backend, then by name
public record BackendOptions(int defaultMaxBatchSize, Map<String, Map<String, String>> settings) {
    public BackendOptions {
        settings = Map.copyOf(settings);
    }

    /// What auto-complete gives a model of this backend that can batch.
    public int defaultMaxBatchSize(String backend) {
        String own = settings.getOrDefault(backend, Map.of()).get(BackendSettings.MAX_BATCH_SIZE);
        // Checked when it was read.
        return own == null ? defaultMaxBatchSize : Integer.parseInt(own);
    }
}
