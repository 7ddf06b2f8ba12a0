package dev.espalier.server.execution;

import dev.espalier.server.failure.ServingException;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// How an execution ended.
public sealed interface ExecutionOutcome {
    /// The engine ran the model. Times are of the machine's monotonic clock, in ns.
    ///
    /// @param answer where the outputs lie; every request of the execution releases it once
    /// @param outputs what it produced, by index of the model's signature
    record Done(
            Answer answer,
            long begun,
            long called,
            long returned,
            long finished,
            List<Output> outputs)
            implements ExecutionOutcome {}

    /// It failed, for all its requests.
    record Failed(ServingException failure) implements ExecutionOutcome {}

    /// Its worker died before it had finished. Nothing of it has been answered.
    ///
    /// @param part what it had to do with the death
    /// @param death how the worker died, in words
    record Lost(Part part, String death) implements ExecutionOutcome {}

    /// What an execution had to do with its worker's death.
    enum Part {
        /// It had not been started.
        WAITING,
        /// It was running, and another one is to blame.
        INNOCENT,
        /// It was running, and it is to blame or may be.
        BLAMED
    }

    /// One output of the whole execution.
    ///
    /// @param index its index in the model's signature
    /// @param data its bytes in OUT, read-only
    record Output(int index, DataType type, long[] shape, MemorySegment data) {}
}
