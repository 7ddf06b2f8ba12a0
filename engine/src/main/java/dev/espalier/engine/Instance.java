package dev.espalier.engine;

/// One instance of a loaded model, as one thread of its worker uses it.
public sealed interface Instance extends AutoCloseable permits ModelInstance, DecoupledInstance {
    /// Releases the instance. No request is open then.
    @Override
    void close();
}
