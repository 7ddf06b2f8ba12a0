package dev.espalier.engine;

/// A model that one thread runs, one execution at a time: a run answers all requests of its batch at once. A call
/// allocates nothing on the Java heap when shapes are those of an earlier call.
public non-sealed interface ModelInstance extends Instance {
    /// Runs the model on the inputs of `execution`, in place, and adds every requested output to it.
    ///
    /// Outputs whose size is known beforehand are computed straight into memory from
    /// [Execution#reserve]; others are copied there once.
    ///
    /// @throws EngineException when the engine or an op reports an error; the instance stays usable
    void run(Execution execution) throws EngineException;
}
