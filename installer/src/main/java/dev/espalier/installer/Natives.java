package dev.espalier.installer;

import dev.espalier.engine.EngineException;
import dev.espalier.engines.tensorflow.TensorFlowEngine;
import java.nio.file.Path;

/// Finds out which version an engine's library is.
interface Natives {
    /// Loads it, which shows that it can be loaded.
    ///
    /// @throws InstallException when it cannot
    String version(Path library) throws InstallException;

    /// TensorFlow's, loaded into this process as a worker would load it.
    static String ofTensorFlow(Path library) throws InstallException {
        try (TensorFlowEngine engine = new TensorFlowEngine(library)) {
            return engine.version();
        } catch (EngineException failure) {
            throw new InstallException(
                    "it cannot be loaded on this machine: " + failure.getMessage(), failure);
        }
    }
}
