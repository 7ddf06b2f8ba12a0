package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A model of the tree in the real engine, with one instance: tests give it inputs by name, and read its
/// outputs.
final class Bench implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("espalier.root"));
    static final Path LIBRARY =
            ROOT.resolve("engines/tensorflow/target/pack/amd64/libtensorflow_cc.so.2");
    static final TensorFlowEngine ENGINE = engine();

    private final Arena arena = Arena.ofShared();
    private final LoadedModel model;
    private final ModelInstance instance;
    private final Execution execution;

    private Bench(LoadedModel model) throws EngineException {
        this.model = model;
        this.instance = (ModelInstance) model.newInstance();
        this.execution =
                new Execution(
                        model.signature().inputs().size(),
                        model.signature().outputs().size(),
                        byteSize -> arena.allocate(Math.max(1, byteSize), 64).address());
    }

    private static TensorFlowEngine engine() {
        try {
            return new TensorFlowEngine(LIBRARY);
        } catch (EngineException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// @param folder of the model, inside the tree
    static Bench of(String folder) throws EngineException {
        return of(folder, List.of(), Map.of(), Signature.EMPTY);
    }

    /// @param libraries those of `tests/ops/x86-64`
    static Bench of(
            String folder,
            List<String> libraries,
            Map<String, String> parameters,
            Signature declared)
            throws EngineException {
        Path version = ROOT.resolve(folder).resolve("1");
        Path saved = version.resolve("model.savedmodel");
        return new Bench(
                ENGINE.load(
                        new ModelSource(
                                String.valueOf(version.getParent().getFileName()),
                                Files.exists(saved) ? saved : version.resolve("model.graphdef"),
                                libraries.stream().map(Bench::library).toList(),
                                parameters,
                                declared)));
    }

    static Path library(String name) {
        return ROOT.resolve("tests/ops/x86-64/libtf_" + name + ".so");
    }

    Signature signature() {
        return model.signature();
    }

    /// Begins a run that asks for every output.
    Bench begin() {
        execution.clear();
        for (int i = 0; i < signature().outputs().size(); i++) {
            execution.request(i);
        }
        return this;
    }

    Bench input(String name, byte[] data, long... shape) {
        return input(name, memory(data), shape);
    }

    /// An input in memory of the test's own.
    Bench input(String name, MemorySegment data, long... shape) {
        int index = index(signature().inputs(), name);
        int type = signature().inputs().get(index).type().code();
        execution.inputs().set(index, type, data.address(), data.byteSize(), shape.length);
        for (int axis = 0; axis < shape.length; axis++) {
            execution.inputs().dimension(index, axis, shape[axis]);
        }
        return this;
    }

    MemorySegment memory(byte[] data) {
        MemorySegment memory = arena.allocate(Math.max(1, data.length), 64);
        MemorySegment.copy(data, 0, memory, JAVA_BYTE, 0, data.length);
        return memory.asSlice(0, data.length);
    }

    Bench run() throws EngineException {
        instance.run(execution);
        return this;
    }

    byte[] output(String name) {
        int index = index(signature().outputs(), name);
        return TfApi.MEMORY
                .asSlice(execution.outputs().address(index), execution.outputs().byteSize(index))
                .toArray(JAVA_BYTE);
    }

    long[] shape(String name) {
        int index = index(signature().outputs(), name);
        long[] shape = new long[execution.outputs().rank(index)];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = execution.outputs().dimension(index, axis);
        }
        return shape;
    }

    private static int index(List<TensorSpec> tensors, String name) {
        return tensors.stream().map(TensorSpec::name).toList().indexOf(name);
    }

    static byte[] floats(float... values) {
        ByteBuffer buffer = buffer(values.length * Float.BYTES);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }

    static byte[] ints(int... values) {
        ByteBuffer buffer = buffer(values.length * Integer.BYTES);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.array();
    }

    static byte[] longs(long... values) {
        ByteBuffer buffer = buffer(values.length * Long.BYTES);
        for (long value : values) {
            buffer.putLong(value);
        }
        return buffer.array();
    }

    static byte[] strings(String... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String value : values) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(ints(text.length));
            bytes.writeBytes(text);
        }
        return bytes.toByteArray();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        instance.close();
        model.close();
        arena.close();
    }
}
