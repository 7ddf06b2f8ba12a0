package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One thread's calls of a session. Inputs become tensors over the request's own memory; what ONNX
/// Runtime made for a run is released after it.
final class OrtInstance implements ModelInstance {
    /// What ONNX Runtime says where an output's memory has not the size that the op makes.
    private static final String WRONG_PREDICTION = "shape verification failed";

    private final OrtModel model;
    private final OrtApi api;
    private final StringTensors strings;
    private final ValueReader reader;
    private final Arena arena = Arena.ofShared();

    /// The arguments of a run, as C arrays.
    private final MemorySegment inputNames;

    private final MemorySegment inputValues;
    private final MemorySegment outputNames;
    private final MemorySegment outputValues;
    private final MemorySegment shape = arena.allocate(JAVA_LONG, Execution.MAX_RANK);

    /// Which output of the model each value is, and whether it lies where its reader will find it.
    private final int[] outputIndices;

    private final long[] outputAddresses;

    OrtInstance(OrtModel model) {
        this.model = model;
        this.api = model.api();
        this.strings = new StringTensors(api, model.allocator());
        this.reader = new ValueReader(api, strings);
        int inputCount = model.inputs().size();
        int outputCount = model.outputs().size();
        inputNames = arena.allocate(JAVA_LONG, Math.max(1, inputCount));
        inputValues = arena.allocate(JAVA_LONG, Math.max(1, inputCount));
        outputNames = arena.allocate(JAVA_LONG, Math.max(1, outputCount));
        outputValues = arena.allocate(JAVA_LONG, Math.max(1, outputCount));
        outputIndices = new int[outputCount];
        outputAddresses = new long[outputCount];
    }

    @Override
    public void run(Execution execution) throws EngineException {
        int inputs = 0;
        int outputs = 0;
        try {
            inputs = makeInputs(execution.inputs());
            outputs = makeOutputs(execution, true);
            long status = call(inputs, outputs);
            if (status != 0) {
                String message = api.messageOf(status);
                if (!message.contains(WRONG_PREDICTION)) {
                    throw new EngineException(message);
                }
                // The model's shapes are not what it says; run it without relying on them.
                model.prediction().giveUp();
                releaseAll(outputValues, outputs);
                outputs = makeOutputs(execution, false);
                api.check(call(inputs, outputs), "running the model");
            }
            readOutputs(execution, outputs);
        } finally {
            releaseAll(inputValues, inputs);
            releaseAll(outputValues, outputs);
        }
    }

    private long call(int inputs, int outputs) {
        return api.run(
                model.session(),
                inputNames.address(),
                inputValues.address(),
                inputs,
                outputNames.address(),
                outputs,
                outputValues.address());
    }

    // --- inputs

    /// The number of inputs made; on failure none is left over.
    private int makeInputs(Execution.Tensors inputs) throws EngineException {
        int made = 0;
        try {
            for (int index = 0; index < inputs.count(); index++) {
                if (inputs.isPresent(index)) {
                    OrtTensor tensor = model.inputs().get(index);
                    inputNames.setAtIndex(JAVA_LONG, made, tensor.nameAddress());
                    inputValues.setAtIndex(JAVA_LONG, made, 0L);
                    makeInput(inputs, index, tensor, cell(inputValues, made));
                    made++;
                }
            }
            return made;
        } catch (EngineException failure) {
            releaseAll(inputValues, made + 1);
            throw failure;
        }
    }

    private void makeInput(Execution.Tensors inputs, int index, OrtTensor tensor, long out)
            throws EngineException {
        int rank = inputs.rank(index);
        for (int axis = 0; axis < rank; axis++) {
            shape.setAtIndex(JAVA_LONG, axis, inputs.dimension(index, axis));
        }
        if (tensor.type() == DataType.BYTES) {
            strings.make(shape.address(), rank, inputs.address(index), inputs.byteSize(index), out);
            return;
        }
        makeOver(tensor, inputs.address(index), inputs.byteSize(index), rank, out);
    }

    private void makeOver(OrtTensor tensor, long data, long byteSize, int rank, long out)
            throws EngineException {
        long status =
                api.createTensorOver(
                        model.memoryInfo(),
                        data,
                        byteSize,
                        shape.address(),
                        rank,
                        ElementType.code(tensor.type()),
                        out);
        if (status != 0) {
            api.check(status, "making tensor '" + tensor.name() + "'");
        }
    }

    // --- outputs

    /// The number of outputs asked for. Those whose shape is known get their place in advance.
    private int makeOutputs(Execution execution, boolean predict) throws EngineException {
        int count = 0;
        try {
            for (int index = 0; index < model.outputs().size(); index++) {
                if (execution.isRequested(index)) {
                    outputNames.setAtIndex(
                            JAVA_LONG, count, model.outputs().get(index).nameAddress());
                    outputValues.setAtIndex(JAVA_LONG, count, 0L);
                    outputIndices[count] = index;
                    outputAddresses[count] = 0;
                    if (predict && model.prediction().isTrusted(index)) {
                        makeOutput(execution, index, count);
                    }
                    count++;
                }
            }
            return count;
        } catch (EngineException failure) {
            releaseAll(outputValues, count + 1);
            throw failure;
        }
    }

    private void makeOutput(Execution execution, int index, int position) throws EngineException {
        OrtTensor tensor = model.outputs().get(index);
        ShapePrediction prediction = model.prediction();
        int rank = prediction.rank(index);
        long byteSize = tensor.type().elementSize();
        for (int axis = 0; axis < rank; axis++) {
            long dimension = prediction.dimension(index, axis, execution.inputs());
            shape.setAtIndex(JAVA_LONG, axis, dimension);
            byteSize = Math.multiplyExact(byteSize, dimension);
        }
        long address = execution.reserve(byteSize);
        makeOver(tensor, address, byteSize, rank, cell(outputValues, position));
        outputAddresses[position] = address;
        execution.outputs().set(index, tensor.type().code(), address, byteSize, rank);
        for (int axis = 0; axis < rank; axis++) {
            execution.outputs().dimension(index, axis, shape.getAtIndex(JAVA_LONG, axis));
        }
    }

    private void readOutputs(Execution execution, int count) throws EngineException {
        for (int position = 0; position < count; position++) {
            int index = outputIndices[position];
            if (outputAddresses[position] == 0) {
                reader.read(
                        outputValues.getAtIndex(JAVA_LONG, position),
                        model.outputs().get(index),
                        index,
                        execution);
                model.prediction().learn(index, execution.inputs(), execution.outputs());
            }
        }
    }

    private static long cell(MemorySegment array, int index) {
        return array.address() + index * JAVA_LONG.byteSize();
    }

    private void releaseAll(MemorySegment values, int count) {
        for (int i = 0; i < count; i++) {
            long value = values.getAtIndex(JAVA_LONG, i);
            if (value != 0) {
                api.release(OrtFunction.RELEASE_VALUE, value);
                values.setAtIndex(JAVA_LONG, i, 0L);
            }
        }
    }

    @Override
    public void close() {
        reader.close();
        strings.close();
        arena.close();
    }
}
