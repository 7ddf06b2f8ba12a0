import dev.espalier.engine.Engine;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.ModelSource;
import dev.espalier.engines.onnxruntime.OnnxRuntimeEngine;
import dev.espalier.engines.tensorflow.TensorFlowEngine;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// How long a call of an engine takes through the engine contract; the twin of floor.c, and with
/// TensorFlow's library of floor_tensorflow.c: `EngineCall LIBRARY MODEL ELEMENTS SECONDS` prints the
/// median in microseconds, and the bytes of Java heap that a call allocates.
final class EngineCall {
    private static final int SAMPLES = 100_000;
    private static final int FP32 = 11;

    private EngineCall() {}

    public static void main(String[] arguments) throws Exception {
        long elements = Long.parseLong(arguments[2]);
        long size = elements * Float.BYTES;
        Arena arena = Arena.global();
        long input = arena.allocate(size, 64).address();
        long output = arena.allocate(size, 64).address();
        Path library = Path.of(arguments[0]);
        boolean isTensorFlow = library.getFileName().toString().startsWith("libtensorflow");
        Engine engine =
                isTensorFlow ? new TensorFlowEngine(library) : new OnnxRuntimeEngine(library);
        Map<String, String> parameters =
                isTensorFlow ? Map.of() : Map.of("intra_op_thread_count", "1");
        Signature declared =
                isTensorFlow ? new Signature(rows("x"), rows("sum")) : Signature.EMPTY;
        int rank = isTensorFlow ? 2 : 1;
        var source =
                new ModelSource(
                        "model", Path.of(arguments[1]), List.of(), parameters, declared);
        ModelInstance instance = (ModelInstance) engine.load(source).newInstance();
        Execution execution = new Execution(1, 1, byteSize -> output);

        double[] samples = new double[SAMPLES];
        int taken = 0;
        long begin = System.nanoTime();
        long end = begin + (long) (Double.parseDouble(arguments[3]) * 1e9);
        long warm = begin + (end - begin) / 3;
        long allocated = 0;
        for (long now = begin; now < end && taken < SAMPLES; now = System.nanoTime()) {
            long start = System.nanoTime();
            execution.clear();
            execution.inputs().set(0, FP32, input, size, rank);
            execution.inputs().dimension(0, 0, 1);
            execution.inputs().dimension(0, rank - 1, elements);
            execution.request(0);
            instance.run(execution);
            if (now > warm) {
                allocated = taken == 0 ? allocatedBytes() : allocated;
                samples[taken++] = System.nanoTime() - start;
            }
        }
        double perCall = (double) (allocatedBytes() - allocated) / taken;
        Arrays.sort(samples, 0, taken);
        System.out.printf("%.3f %.2f%n", samples[taken / 2] / 1000, perCall);
    }

    private static List<TensorSpec> rows(String name) {
        return List.of(new TensorSpec(name, DataType.FP32, List.of(-1L, -1L)));
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
