package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;

/// A model version in service, described.
public interface ModelVersion {
    String modelName();

    long version();

    /// The complete configuration, defaults and auto-completed parts written out.
    ModelConfig config();

    /// Inputs, outputs, platform and the versions that are ready.
    ModelMetadata metadata();
}
