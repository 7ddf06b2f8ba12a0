package dev.espalier.server.execution;

import dev.espalier.server.failure.ServingException;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// How an execution ended.
public sealed interface ExecutionOutcome {
    /// The engine ran the model. Times are of the machine's monotonic clock, in ns.
    ///
    /// @param outputs what it produced, by index of the model's signature
    record Done(long begun, long called, long returned, long finished, List<Output> outputs)
            implements ExecutionOutcome {}

    /// It failed, for all its requests.
    record Failed(ServingException failure) implements ExecutionOutcome {}

    /// One output of the whole execution.
    ///
    /// @param index its index in the model's signature
    /// @param data its bytes in OUT, read-only
    record Output(int index, DataType type, long[] shape, MemorySegment data) {}
}
