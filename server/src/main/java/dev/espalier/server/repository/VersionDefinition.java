package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One version of a model, read and completed.
///
/// @param config the model's configuration, completed from this version's file
/// @param opLibraries where the user put them, nearest first
/// @param labels of the elements of outputs, by the output's name
record VersionDefinition(
        long number,
        ModelConfig config,
        Path modelFile,
        List<Path> opLibraries,
        Map<String, List<String>> labels) {
    VersionDefinition {
        opLibraries = List.copyOf(opLibraries);
        labels = Map.copyOf(labels);
    }
}
