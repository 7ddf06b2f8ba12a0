package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;

/// Copies tensors that TensorFlow made to the memory of an execution's outputs.
final class OutputReader {
    private final TfApi api;
    private final StringTensors strings;

    OutputReader(TfApi api, StringTensors strings) {
        this.api = api;
        this.strings = strings;
    }

    /// Adds the `TF_Tensor*` to the execution as the output `index`.
    void read(long value, TfTensor tensor, int index, Execution execution) throws EngineException {
        int rank = (int) api.call(TfFunction.NUM_DIMS, value);
        if (rank > Execution.MAX_RANK) {
            throw new EngineException(
                    "output '%s' has %d dimensions (expected: at most %d)"
                            .formatted(tensor.name(), rank, Execution.MAX_RANK));
        }
        long count = 1;
        for (int axis = 0; axis < rank; axis++) {
            count *= api.call(TfFunction.DIM, value, axis);
        }
        if (tensor.type() == DataType.BYTES) {
            strings.read(value, count, index, rank, execution);
        } else {
            copy(value, tensor.type(), index, rank, execution);
        }
        for (int axis = 0; axis < rank; axis++) {
            execution.outputs().dimension(index, axis, api.call(TfFunction.DIM, value, axis));
        }
    }

    private void copy(long value, DataType type, int index, int rank, Execution execution)
            throws EngineException {
        long byteSize = api.call(TfFunction.TENSOR_BYTE_SIZE, value);
        long data = api.call(TfFunction.TENSOR_DATA, value);
        long address = execution.reserve(byteSize);
        MemorySegment.copy(TfApi.MEMORY, data, TfApi.MEMORY, address, byteSize);
        execution.outputs().set(index, type.code(), address, byteSize, rank);
    }
}
