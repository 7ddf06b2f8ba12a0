package dev.espalier.engines.java;

import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.LoadedModel;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What tests of models need of the engine, and nobody else.
public final class ForTests {
    private ForTests() {}

    /// A new instance of a model, whatever it is.
    ///
    /// @throws EngineException when it cannot be loaded
    public static DecoupledInstance newInstance(LoadedModel model) throws EngineException {
        return ((JavaModel) model).newJavaInstance();
    }

    /// A copy of a tensor, which can be read at any time.
    public static Tensor copy(String name, Execution.Tensors tensors, int index) {
        long[] shape = new long[tensors.rank(index)];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = tensors.dimension(index, axis);
        }
        long byteSize = tensors.byteSize(index);
        return copy(
                name,
                DataType.ofCode(tensors.typeCode(index)).orElseThrow(),
                shape,
                byteSize == 0
                        ? MemorySegment.NULL
                        : MemorySegment.ofAddress(tensors.address(index)).reinterpret(byteSize));
    }

    /// The same of memory somewhere.
    public static Tensor copy(String name, DataType type, long[] shape, MemorySegment content) {
        long byteSize = content.byteSize();
        MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, byteSize)).asSlice(0, byteSize);
        copy.copyFrom(content);
        return new SharedTensor(
                name,
                type,
                shape,
                Shape.elementCount(shape),
                copy,
                /* writable= */ false,
                new Lifetime("never"));
    }
}
