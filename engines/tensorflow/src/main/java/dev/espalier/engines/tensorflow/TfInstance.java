package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One thread's runs of a session.
final class TfInstance implements ModelInstance {
    /// `sizeof(TF_Output)`: the operation's address, and which of its outputs.
    private static final long PLACE_SIZE = 16;

    private final TfModel model;
    private final TfApi api;
    private final InputTensors inputTensors;
    private final OutputReader reader;
    private final Status status;
    private final Arena arena = Arena.ofShared();

    /// The arguments of a run, as C arrays.
    private final MemorySegment inputPlaces;

    private final MemorySegment inputValues;
    private final MemorySegment outputPlaces;
    private final MemorySegment outputValues;

    /// Which output of the model each value is.
    private final int[] outputIndices;

    TfInstance(TfModel model) {
        this.model = model;
        this.api = model.api();
        StringTensors strings = new StringTensors(api, model.keepsInputs());
        this.inputTensors = new InputTensors(api, model.keepsInputs(), strings);
        this.reader = new OutputReader(api, strings);
        this.status = new Status(api);
        int inputs = Math.max(1, model.inputs().size());
        int outputs = Math.max(1, model.outputs().size());
        inputPlaces = arena.allocate(inputs * PLACE_SIZE, PLACE_SIZE);
        inputValues = arena.allocate(JAVA_LONG, inputs);
        outputPlaces = arena.allocate(outputs * PLACE_SIZE, PLACE_SIZE);
        outputValues = arena.allocate(JAVA_LONG, outputs);
        outputIndices = new int[outputs];
    }

    @Override
    public void run(Execution execution) throws EngineException {
        int outputs = nameOutputs(execution);
        int inputs = makeInputs(execution.inputs());
        try {
            api.run(
                    model.session(),
                    inputPlaces.address(),
                    inputValues.address(),
                    inputs,
                    outputPlaces.address(),
                    outputValues.address(),
                    outputs,
                    status.address());
            if (api.failed(status.address())) {
                throw new EngineException(api.messageOf(status.address()));
            }
            for (int position = 0; position < outputs; position++) {
                int index = outputIndices[position];
                reader.read(
                        outputValues.getAtIndex(JAVA_LONG, position),
                        model.outputs().get(index),
                        index,
                        execution);
            }
        } finally {
            releaseAll(outputValues, outputs);
            releaseAll(inputValues, inputs);
        }
    }

    /// The number of outputs asked for.
    private int nameOutputs(Execution execution) {
        int count = 0;
        for (int index = 0; index < model.outputs().size(); index++) {
            if (execution.isRequested(index)) {
                putPlace(outputPlaces, count, model.outputs().get(index));
                outputIndices[count] = index;
                count++;
            }
        }
        return count;
    }

    /// The number of inputs made; on failure none is left over.
    private int makeInputs(Execution.Tensors inputs) throws EngineException {
        int made = 0;
        try {
            for (int index = 0; index < inputs.count(); index++) {
                if (inputs.isPresent(index)) {
                    TfTensor tensor = model.inputs().get(index);
                    putPlace(inputPlaces, made, tensor);
                    inputValues.setAtIndex(
                            JAVA_LONG, made, inputTensors.make(inputs, index, tensor));
                    made++;
                }
            }
            return made;
        } catch (EngineException failure) {
            releaseAll(inputValues, made);
            throw failure;
        }
    }

    private static void putPlace(MemorySegment places, int position, TfTensor tensor) {
        places.set(JAVA_LONG, position * PLACE_SIZE, tensor.operation());
        places.set(JAVA_INT, position * PLACE_SIZE + JAVA_LONG.byteSize(), tensor.index());
    }

    private void releaseAll(MemorySegment values, int count) {
        for (int i = 0; i < count; i++) {
            long value = values.getAtIndex(JAVA_LONG, i);
            if (value != 0) {
                long _ = api.call(TfFunction.DELETE_TENSOR, value);
                values.setAtIndex(JAVA_LONG, i, 0L);
            }
        }
    }

    @Override
    public void close() {
        inputTensors.close();
        status.close();
        arena.close();
    }
}
