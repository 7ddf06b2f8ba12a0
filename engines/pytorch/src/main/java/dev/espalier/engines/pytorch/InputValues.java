package dev.espalier.engines.pytorch;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.StringType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Makes the arguments of a run: tensors over the request's own memory, or over copies where the model may write to
/// them or keep them, and strings. For one thread.
final class InputValues implements AutoCloseable {
    private static final int LENGTH_SIZE = 4;

    private final List<TensorSpec> specs;
    private final List<Parameter.Kind> kinds;
    private final boolean copies;
    private final Place place = new Place();

    /// By input; null for strings.
    private final @Nullable TensorOptions[] options;

    /// By rank, an array for the shape.
    private final long[][] shapes = new long[Execution.MAX_RANK + 1][];

    /// Memory that is not the binding's.
    private static final class Place extends Pointer {
        Place at(long address) {
            this.address = address;
            return this;
        }
    }

    InputValues(ScriptModel model) {
        specs = model.signature().inputs();
        kinds = model.kinds();
        copies = model.copiesInputs();
        options = new TensorOptions[specs.size()];
        for (int i = 0; i < options.length; i++) {
            DataType type = specs.get(i).type();
            options[i] = type == DataType.BYTES ? null : new TensorOptions(ElementType.of(type));
        }
        for (int rank = 0; rank < shapes.length; rank++) {
            shapes[rank] = new long[rank];
        }
    }

    /// The value of the input `index`, in the scope of the caller.
    IValue value(Execution.Tensors inputs, int index) throws EngineException {
        int rank = inputs.rank(index);
        long[] shape = shapes[rank];
        long count = 1;
        for (int axis = 0; axis < rank; axis++) {
            shape[axis] = inputs.dimension(index, axis);
            count *= shape[axis];
        }
        TensorOptions type = options[index];
        if (type == null) {
            return strings(inputs, index, count);
        }
        Tensor tensor = torch.from_blob(place.at(inputs.address(index)), shape, type);
        return new IValue(copies ? tensor.clone() : tensor);
    }

    private IValue strings(Execution.Tensors inputs, int index, long count) throws EngineException {
        boolean single = kinds.get(index) == Parameter.Kind.STRING;
        if (single && count != 1) {
            throw new EngineException(
                    "input '%s' has %d strings (expected: one, for an argument that is str)"
                            .formatted(specs.get(index).name(), count));
        }
        Type.TypePtr element = new Type.TypePtr(StringType.get().get());
        GenericList list = new GenericList(element);
        list.reserve(count);
        long position = inputs.address(index);
        long end = position + inputs.byteSize(index);
        for (long i = 0; i < count; i++) {
            long length =
                    end - position < LENGTH_SIZE
                            ? Long.MAX_VALUE
                            : Integer.toUnsignedLong(
                                    LibTorch.MEMORY.get(JAVA_INT_UNALIGNED, position));
            if (length > end - position - LENGTH_SIZE) {
                throw new EngineException(
                        "string %d of an input is longer than the input's %d bytes"
                                .formatted(i, inputs.byteSize(index)));
            }
            IValue string = string(position + LENGTH_SIZE, length);
            if (single) {
                return string;
            }
            list.push_back(string);
            position += LENGTH_SIZE + length;
        }
        return new IValue(list);
    }

    private IValue string(long address, long length) {
        if (length == 0) {
            // The binding would look for a zero behind it.
            return new IValue("");
        }
        try (BytePointer bytes = new BytePointer(place.at(address)).capacity(length)) {
            return new IValue(bytes);
        }
    }

    @Override
    public void close() {
        for (TensorOptions each : options) {
            if (each != null) {
                each.close();
            }
        }
    }
}
