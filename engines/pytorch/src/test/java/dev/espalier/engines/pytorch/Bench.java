package dev.espalier.engines.pytorch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A model of the tree in the real engine, with one instance: tests give it inputs by name, and read its
/// outputs.
final class Bench implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("espalier.root"));
    static final Path LIBRARY = ROOT.resolve("engines/pytorch/target/pack/amd64/libtorch.so");
    static final PyTorchEngine ENGINE = engine();

    private static final Pattern TENSOR =
            Pattern.compile(
                    "(input|output) \\[ \\{ name: \"(\\w+)\" data_type: TYPE_(\\w+) dims: \\[ ([-0-9, ]+) ]");

    private final Arena arena = Arena.ofShared();
    private final LoadedModel model;
    private final ModelInstance instance;
    private final Execution execution;

    /// Of one run, and how many bytes of it are taken.
    private final MemorySegment outputs = arena.allocate(1 << 20, 64);

    private long taken;

    private Bench(LoadedModel model) throws EngineException {
        this.model = model;
        this.instance = (ModelInstance) model.newInstance();
        this.execution =
                new Execution(
                        model.signature().inputs().size(),
                        model.signature().outputs().size(),
                        this::reserve);
    }

    private static PyTorchEngine engine() {
        try {
            return new PyTorchEngine(LIBRARY);
        } catch (EngineException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// @param folder of the model, inside the tree
    /// @param libraries those of `tests/ops/x86-64`
    static Bench of(String folder, String... libraries) throws EngineException {
        return of(folder, Map.of(), libraries);
    }

    static Bench of(String folder, Map<String, String> parameters, String... libraries)
            throws EngineException {
        return of(folder, parameters, declared(folder), libraries);
    }

    static Bench of(
            String folder, Map<String, String> parameters, Signature declared, String... libraries)
            throws EngineException {
        return new Bench(
                ENGINE.load(
                        new ModelSource(
                                folder,
                                ROOT.resolve(folder).resolve("1/model.pt"),
                                Stream.of(libraries).map(Bench::library).toList(),
                                parameters,
                                declared)));
    }

    /// What the model's configuration says, as the script that wrote it writes it.
    static Signature declared(String folder) throws EngineException {
        String config;
        try {
            config = Files.readString(ROOT.resolve(folder).resolve("config.pbtxt"));
        } catch (IOException failure) {
            throw new EngineException(folder, failure);
        }
        boolean batches = config.contains("max_batch_size");
        List<TensorSpec> inputs = new ArrayList<>();
        List<TensorSpec> outputs = new ArrayList<>();
        Matcher tensor = TENSOR.matcher(config);
        while (tensor.find()) {
            List<Long> dims = new ArrayList<>(batches ? List.of(-1L) : List.of());
            for (String dim : tensor.group(4).split(",")) {
                dims.add(Long.parseLong(dim.strip()));
            }
            String type = tensor.group(3).equals("STRING") ? "BYTES" : tensor.group(3);
            (tensor.group(1).equals("input") ? inputs : outputs)
                    .add(
                            new TensorSpec(
                                    tensor.group(2), DataType.ofName(type).orElseThrow(), dims));
        }
        return new Signature(inputs, outputs);
    }

    static Path library(String name) {
        return ROOT.resolve("tests/ops/x86-64/libtorch_" + name + ".so");
    }

    Signature signature() {
        return model.signature();
    }

    private long reserve(long byteSize) {
        long address = outputs.asSlice(taken, byteSize).address();
        taken += byteSize + 63 & ~63;
        return address;
    }

    /// Begins a run that asks for every output.
    Bench begin() {
        execution.clear();
        taken = 0;
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
        return LibTorch.MEMORY
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
