package dev.espalier.abacus;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.Instance;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/// Multiplies by what the ops of its libraries answer, and by its number of rods; or counts, where the model's parameter
/// `counts` says so.
record AbacusEngine(String version) implements Engine {
    private static final Signature SIGNATURE =
            new Signature(
                    List.of(new TensorSpec("X", DataType.FP32, List.of(2L))),
                    List.of(new TensorSpec("Y", DataType.FP32, List.of(2L))));

    @Override
    public String name() {
        return Abacus.NAME;
    }

    @Override
    public LoadedModel load(ModelSource source) throws EngineException {
        int factor = Integer.getInteger("abacus.rods", 0);
        for (Path library : source.opLibraries()) {
            factor *= AbacusKind.answer(library);
        }
        return new Model(factor, source.parameters().containsKey("counts"));
    }

    @Override
    public void close() {}

    private record Model(int factor, boolean counts) implements LoadedModel {
        @Override
        public Signature signature() {
            return SIGNATURE;
        }

        @Override
        public Instance newInstance() {
            return counts ? new CountingInstance() : new Multiplying(factor);
        }

        @Override
        public void close() {}
    }

    private record Multiplying(int factor) implements ModelInstance {
        @Override
        public void run(Execution execution) throws EngineException {
            long bytes = execution.inputs().byteSize(0);
            long output = execution.reserve(bytes);
            MemorySegment from =
                    MemorySegment.ofAddress(execution.inputs().address(0)).reinterpret(bytes);
            MemorySegment to = MemorySegment.ofAddress(output).reinterpret(bytes);
            for (long i = 0; i < bytes / Float.BYTES; i++) {
                to.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        i,
                        from.getAtIndex(ValueLayout.JAVA_FLOAT, i) * factor);
            }
            execution.outputs().set(0, DataType.FP32.code(), output, bytes, 1);
            execution.outputs().dimension(0, 0, bytes / Float.BYTES);
        }

        @Override
        public void close() {}
    }
}
