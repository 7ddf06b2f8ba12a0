package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.ops.OpChoice;
import dev.espalier.server.ops.OpSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One version of a model, read and completed.
///
/// @param config the model's configuration, completed from this version's file
/// @param modelFile what the engine loads, one of `files`
/// @param choice the engine version and the op libraries that it runs with
/// @param labels of the elements of outputs, by the output's name
record VersionDefinition(
        long number,
        ModelConfig config,
        Path modelFile,
        OpChoice choice,
        Map<String, List<String>> labels,
        VersionFiles files) {
    VersionDefinition {
        labels = Map.copyOf(labels);
    }

    OpSet ops() {
        return choice.ops();
    }

    /// Whether loading `other` would give the same again.
    boolean isSameAs(VersionDefinition other) {
        return number == other.number
                && config.equals(other.config)
                && choice.engine().equals(other.choice.engine())
                && ops().hashes().equals(other.ops().hashes())
                && labels.equals(other.labels)
                && files == other.files;
    }
}
