package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/// Makes TensorFlow's tensors of a run's inputs: over the request's own memory where TensorFlow gives it
/// back by the end of the run, else over a copy of TensorFlow's own. For one thread.
final class InputTensors implements AutoCloseable {
    /// A C function that leaves memory alone: what TensorFlow is to call when it needs no more memory
    /// that is not its own.
    private static final long LEAVE_ALONE =
            Linker.nativeLinker().defaultLookup().findOrThrow("labs").address();

    private final TfApi api;
    private final boolean copies;
    private final StringTensors strings;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment shape = arena.allocate(JAVA_LONG, Execution.MAX_RANK);

    /// @param copies whether a tensor may live longer than the request's memory
    InputTensors(TfApi api, boolean copies, StringTensors strings) {
        this.api = api;
        this.copies = copies;
        this.strings = strings;
    }

    /// A `TF_Tensor*` of the input `index`.
    long make(Execution.Tensors inputs, int index, TfTensor tensor) throws EngineException {
        int rank = inputs.rank(index);
        long count = 1;
        for (int axis = 0; axis < rank; axis++) {
            long dimension = inputs.dimension(index, axis);
            shape.setAtIndex(JAVA_LONG, axis, dimension);
            count *= dimension;
        }
        long data = inputs.address(index);
        long byteSize = inputs.byteSize(index);
        if (tensor.type() == DataType.BYTES) {
            return strings.make(shape.address(), rank, count, data, byteSize);
        }
        int type = ElementType.code(tensor.type());
        return copies
                ? copy(type, rank, data, byteSize)
                : api.newTensor(type, shape.address(), rank, data, byteSize, LEAVE_ALONE, 0);
    }

    private long copy(int type, int rank, long data, long byteSize) {
        long value = api.call(TfFunction.ALLOCATE_TENSOR, type, shape.address(), rank, byteSize);
        long target = api.call(TfFunction.TENSOR_DATA, value);
        MemorySegment.copy(TfApi.MEMORY, data, TfApi.MEMORY, target, byteSize);
        return value;
    }

    @Override
    public void close() {
        arena.close();
    }
}
