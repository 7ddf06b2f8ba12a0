package dev.espalier.engine;

import dev.espalier.tensor.Signature;

/// A model in an engine.
public interface LoadedModel extends AutoCloseable {
    /// The model's inputs and outputs; executions refer to them by index.
    Signature signature();

    /// A new instance, for one thread. Instances share weights as far as the engine can.
    ModelInstance newInstance() throws EngineException;

    /// Releases the model; its instances must be closed before.
    @Override
    void close();
}
