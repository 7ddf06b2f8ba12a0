package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/// The real engine, and the tree's models, for tests.
final class Models {
    static final Path ROOT = Path.of(System.getProperty("espalier.root"));
    static final Path ENGINE_LIBRARY = engineLibrary();
    static final OnnxRuntimeEngine ENGINE = engine();

    private Models() {}

    private static Path engineLibrary() {
        String machine =
                System.getProperty("os.arch").equals("aarch64") ? "linux-aarch64" : "linux-x64";
        return library("/ai/onnxruntime/native/" + machine + "/libonnxruntime.so");
    }

    private static OnnxRuntimeEngine engine() {
        try {
            return new OnnxRuntimeEngine(ENGINE_LIBRARY);
        } catch (EngineException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// A library out of a jar of the class path, as a file.
    static Path library(String resource) {
        try (InputStream source = Models.class.getResourceAsStream(resource)) {
            if (source == null) {
                throw new IllegalStateException("no " + resource + " on the class path");
            }
            Path folder = Files.createTempDirectory("espalier-test");
            Path file = folder.resolve(Path.of(resource).getFileName());
            Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
            file.toFile().deleteOnExit();
            folder.toFile().deleteOnExit();
            return file;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static LoadedModel load(String folder, List<Path> libraries, Map<String, String> parameters)
            throws EngineException {
        Path file = ROOT.resolve(folder).resolve("1/model.onnx");
        return ENGINE.load(
                new ModelSource(
                        String.valueOf(file.getParent().getParent().getFileName()),
                        file,
                        libraries,
                        parameters,
                        Signature.EMPTY));
    }

    static LoadedModel load(String folder) throws EngineException {
        return load(folder, List.of(), Map.of());
    }

    /// One model, one instance, one row of input buffers: runs it and reads its outputs.
    static final class Bench implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final LoadedModel model;
        private final ModelInstance instance;
        final Signature signature;
        final Execution execution;

        Bench(LoadedModel model) throws EngineException {
            this.model = model;
            this.instance = (ModelInstance) model.newInstance();
            this.signature = model.signature();
            this.execution =
                    new Execution(
                            signature.inputs().size(),
                            signature.outputs().size(),
                            byteSize -> arena.allocate(Math.max(1, byteSize), 64).address());
        }

        /// Begins a run that asks for every output.
        Bench begin() {
            execution.clear();
            for (int i = 0; i < signature.outputs().size(); i++) {
                execution.request(i);
            }
            return this;
        }

        Bench input(int index, byte[] data, long... shape) {
            MemorySegment memory = arena.allocate(Math.max(1, data.length), 64);
            MemorySegment.copy(data, 0, memory, ValueLayout.JAVA_BYTE, 0, data.length);
            DataType type = signature.inputs().get(index).type();
            execution.inputs().set(index, type.code(), memory.address(), data.length, shape.length);
            for (int axis = 0; axis < shape.length; axis++) {
                execution.inputs().dimension(index, axis, shape[axis]);
            }
            return this;
        }

        Bench run() throws EngineException {
            instance.run(execution);
            return this;
        }

        byte[] output(int index) {
            return OrtApi.MEMORY
                    .asSlice(
                            execution.outputs().address(index), execution.outputs().byteSize(index))
                    .toArray(ValueLayout.JAVA_BYTE);
        }

        long[] shape(int index) {
            long[] shape = new long[execution.outputs().rank(index)];
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = execution.outputs().dimension(index, axis);
            }
            return shape;
        }

        @Override
        public void close() {
            instance.close();
            model.close();
            arena.close();
        }
    }
}
