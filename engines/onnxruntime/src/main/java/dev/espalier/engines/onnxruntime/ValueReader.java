package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Copies tensors that ONNX Runtime made to the memory of an execution's outputs.
final class ValueReader implements AutoCloseable {
    private final OrtApi api;
    private final StringTensors strings;
    private final Arena arena = Arena.ofShared();
    private final Out out = new Out(arena);
    private final MemorySegment dimensions = arena.allocate(JAVA_LONG, Execution.MAX_RANK);

    ValueReader(OrtApi api, StringTensors strings) {
        this.api = api;
        this.strings = strings;
    }

    /// Adds the value to the execution as the output `index`.
    void read(long value, OrtTensor tensor, int index, Execution execution) throws EngineException {
        api.check(api.call(OrtFunction.TENSOR_INFO_OF_VALUE, value, out.address()), tensor.name());
        long info = out.value();
        DataType type;
        int rank;
        try {
            api.check(api.call(OrtFunction.ELEMENT_TYPE, info, out.address()), tensor.name());
            type = ElementType.of((int) out.value(), "output '" + tensor.name() + "'");
            rank = readShape(info, tensor);
        } finally {
            api.release(OrtFunction.RELEASE_TENSOR_INFO, info);
        }
        long count = 1;
        for (int axis = 0; axis < rank; axis++) {
            count *= dimensions.getAtIndex(JAVA_LONG, axis);
        }
        if (type == DataType.BYTES) {
            strings.read(value, count, tensor, index, rank, execution);
        } else {
            copy(value, count * type.elementSize(), type, tensor, index, rank, execution);
        }
        for (int axis = 0; axis < rank; axis++) {
            execution.outputs().dimension(index, axis, dimensions.getAtIndex(JAVA_LONG, axis));
        }
    }

    private int readShape(long info, OrtTensor tensor) throws EngineException {
        api.check(api.call(OrtFunction.RANK, info, out.address()), tensor.name());
        long rank = out.value();
        if (rank > Execution.MAX_RANK) {
            throw new EngineException(
                    "output '%s' has %d dimensions (expected: at most %d)"
                            .formatted(tensor.name(), rank, Execution.MAX_RANK));
        }
        api.check(
                api.call(OrtFunction.DIMENSIONS, info, dimensions.address(), rank), tensor.name());
        return (int) rank;
    }

    private void copy(
            long value,
            long byteSize,
            DataType type,
            OrtTensor tensor,
            int index,
            int rank,
            Execution execution)
            throws EngineException {
        api.check(api.call(OrtFunction.TENSOR_DATA, value, out.address()), tensor.name());
        long address = execution.reserve(byteSize);
        MemorySegment.copy(OrtApi.MEMORY, out.value(), OrtApi.MEMORY, address, byteSize);
        execution.outputs().set(index, type.code(), address, byteSize, rank);
    }

    @Override
    public void close() {
        arena.close();
    }
}
