package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.ops.OpChoice;
import dev.espalier.server.ops.OpSet;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One version of a model, read and completed.
///
/// @param backend its engine
/// @param config the model's configuration, completed from this version's file as far as that tells
/// @param complete whether it says what it must; if not, a worker will be asked for the rest
/// @param modelFile what the engine loads, one of `files`
/// @param choice the engine version and the op libraries that it runs with
/// @param warmUp what its instances run before they serve
/// @param labels of the elements of outputs, by the output's name
record VersionDefinition(
        long number,
        Backend backend,
        ModelConfig config,
        boolean complete,
        Path modelFile,
        OpChoice choice,
        List<WarmUpSample> warmUp,
        Map<String, List<String>> labels,
        VersionFiles files) {
    VersionDefinition {
        warmUp = List.copyOf(warmUp);
        labels = Map.copyOf(labels);
    }

    OpSet ops() {
        return choice.ops();
    }

    /// The configuration with what a worker says of the model.
    ///
    /// @throws ServingException when that does not go together
    ModelConfig completed(Signature signature) throws ServingException {
        ModelConfig completed =
                ConfigCompletion.complete(
                        config, SignatureQuestion.description(signature), signature.maxBatchSize());
        ConfigChecks.checkComplete(completed);
        return ConfigDefaults.writtenOut(completed, backend);
    }

    /// Whether loading `other` would give the same again.
    boolean isSameAs(VersionDefinition other) {
        return number == other.number
                && config.equals(other.config)
                && choice.engine().equals(other.choice.engine())
                && ops().hashes().equals(other.ops().hashes())
                && warmUp.equals(other.warmUp)
                && labels.equals(other.labels)
                && files == other.files;
    }
}
