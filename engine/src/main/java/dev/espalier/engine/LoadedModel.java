package dev.espalier.engine;

import dev.espalier.tensor.Signature;

/// A model in an engine.
public interface LoadedModel extends AutoCloseable {
    /// The model's inputs and outputs; executions refer to them by index.
    Signature signature();

    /// A new instance, for one thread: a [ModelInstance], or a [DecoupledInstance] where requests are answered each for
    /// itself. Instances share weights as far as the engine can.
    Instance newInstance() throws EngineException;

    /// Releases the model; its instances must be closed before.
    @Override
    void close();
}
