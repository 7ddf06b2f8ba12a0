package dev.espalier.engines.pytorch;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.global.torch.Layout;
import org.jspecify.annotations.Nullable;

/// Copies what `forward` gives to the memory of an execution's outputs.
final class OutputWriter {
    private static final int LENGTH_SIZE = 4;

    private final ScriptModel model;
    private final List<IValue> results = new ArrayList<>();

    OutputWriter(ScriptModel model) {
        this.model = model;
    }

    /// Adds the requested outputs to the execution.
    void write(IValue result, Execution execution) throws EngineException {
        results.clear();
        flatten(result);
        for (int index = 0; index < model.outputPlaces().length; index++) {
            if (execution.isRequested(index)) {
                int place = model.outputPlaces()[index];
                if (place >= results.size()) {
                    throw new EngineException(
                            "output '%s' would be result %d of forward, which gives %d (expected: an output for each result, counted from 0)"
                                    .formatted(model.output(index).name(), place, results.size()));
                }
                write(results.get(place), index, execution);
            }
        }
    }

    /// A tuple's or a list's elements are results each, but for strings, which make one tensor.
    private void flatten(IValue result) {
        if (result.isTuple()) {
            TupleElements elements = result.toTuple().elements();
            long size = elements.size();
            for (long i = 0; i < size; i++) {
                results.add(elements.get(i));
            }
        } else if (result.isTensorList()) {
            GenericList list = result.toList();
            long size = list.size();
            for (long i = 0; i < size; i++) {
                results.add(list.get(i));
            }
        } else {
            results.add(result);
        }
    }

    private void write(IValue value, int index, Execution execution) throws EngineException {
        TensorSpec spec = model.output(index);
        if (value.isTensor()) {
            writeTensor(value.toTensor(), spec, index, execution);
        } else if (value.isString()) {
            writeStrings(List.of(value), spec, index, execution);
        } else if (value.isList()) {
            writeStrings(strings(value.toList(), spec), spec, index, execution);
        } else {
            throw unsupported(value, spec);
        }
    }

    private void writeTensor(Tensor given, TensorSpec spec, int index, Execution execution)
            throws EngineException {
        Tensor tensor = plain(given, spec);
        DataType type = ElementType.of(tensor.scalar_type());
        if (type != spec.type()) {
            throw new EngineException(
                    "output '%s' is %s (expected: %s, as the configuration says); correct its data_type, or cast it inside the model"
                            .formatted(
                                    spec.name(),
                                    ElementType.name(tensor.scalar_type()),
                                    spec.type().configName()));
        }
        int rank = Math.toIntExact(tensor.dim());
        if (rank > Execution.MAX_RANK) {
            throw new EngineException(
                    "output '%s' has %d dimensions (expected: at most %d)"
                            .formatted(spec.name(), rank, Execution.MAX_RANK));
        }
        long byteSize = tensor.nbytes();
        long address = execution.reserve(byteSize);
        if (byteSize > 0) {
            MemorySegment.copy(
                    LibTorch.MEMORY,
                    tensor.const_data_ptr().address(),
                    LibTorch.MEMORY,
                    address,
                    byteSize);
        }
        execution.outputs().set(index, type.code(), address, byteSize, rank);
        for (int axis = 0; axis < rank; axis++) {
            execution.outputs().dimension(index, axis, tensor.size(axis));
        }
    }

    /// The tensor as elements side by side in this machine's memory.
    private static Tensor plain(Tensor given, TensorSpec spec) throws EngineException {
        if (!given.defined() || given.layout().value != Layout.Strided.value) {
            throw new EngineException(
                    "output '%s' is %s (expected: a dense tensor)"
                            .formatted(
                                    spec.name(),
                                    given.defined() ? given.layout().intern() : "undefined"));
        }
        Tensor tensor = given.is_cpu() ? given : given.cpu();
        if (tensor.is_neg()) {
            tensor = tensor.resolve_neg();
        }
        return tensor.is_contiguous() ? tensor : tensor.contiguous();
    }

    private static List<IValue> strings(GenericList list, TensorSpec spec) throws EngineException {
        List<IValue> strings = new ArrayList<>();
        long size = list.size();
        for (long i = 0; i < size; i++) {
            IValue element = list.get(i);
            if (!element.isString()) {
                throw unsupported(element, spec);
            }
            strings.add(element);
        }
        return strings;
    }

    private void writeStrings(List<IValue> strings, TensorSpec spec, int index, Execution execution)
            throws EngineException {
        if (spec.type() != DataType.BYTES) {
            throw new EngineException(
                    "output '%s' is TYPE_STRING (expected: %s, as the configuration says); correct its data_type"
                            .formatted(spec.name(), spec.type().configName()));
        }
        List<@Nullable BytePointer> texts = new ArrayList<>();
        long byteSize = 0;
        for (IValue string : strings) {
            BytePointer text = string.toStringRef();
            texts.add(text);
            byteSize += LENGTH_SIZE + length(text);
        }
        long address = execution.reserve(byteSize);
        long target = address;
        for (BytePointer text : texts) {
            long length = length(text);
            LibTorch.MEMORY.set(JAVA_INT_UNALIGNED, target, (int) length);
            if (text != null) {
                MemorySegment.copy(
                        LibTorch.MEMORY,
                        text.address(),
                        LibTorch.MEMORY,
                        target + LENGTH_SIZE,
                        length);
            }
            target += LENGTH_SIZE + length;
        }
        // A row of strings, in as many dimensions as clients expect.
        int rank = Math.max(1, spec.dimensions().size());
        execution.outputs().set(index, DataType.BYTES.code(), address, byteSize, rank);
        for (int axis = 0; axis < rank; axis++) {
            execution.outputs().dimension(index, axis, axis == 0 ? strings.size() : 1);
        }
    }

    /// Of the binding's text, which is null for an empty one.
    private static long length(@Nullable BytePointer text) {
        return text == null ? 0 : text.limit();
    }

    private static EngineException unsupported(IValue value, TensorSpec spec) {
        return new EngineException(
                "output '%s' is of TorchScript's kind %s (expected: Tensor, List[str] or str, alone or in a tuple); return these from forward"
                        .formatted(spec.name(), LibTorch.text(value.tagKind())));
    }
}
