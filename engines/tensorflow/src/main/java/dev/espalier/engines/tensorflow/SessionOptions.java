package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/// The options of a session, from the `parameters` of a model's configuration. Names and meanings are
/// those of Triton's TensorFlow backend. TensorFlow takes them as a `ConfigProto`, whose field numbers
/// are the constants.
final class SessionOptions implements AutoCloseable {
    private static final int INTRA_OP_PARALLELISM_THREADS = 2;
    private static final int INTER_OP_PARALLELISM_THREADS = 5;
    private static final int ALLOW_SOFT_PLACEMENT = 7;
    private static final int USE_PER_SESSION_THREADS = 9;

    /// A run stays on the thread that calls it: an instance has its own, and handing a small graph to
    /// another one costs as much as running it.
    private static final long CALLERS_THREAD = -1;

    private final TfApi api;
    private final long options;
    private final ByteArrayOutputStream config = new ByteArrayOutputStream();

    /// @throws EngineException when a parameter's value is none that it may have
    SessionOptions(TfApi api, Map<String, String> parameters) throws EngineException {
        this.api = api;
        put(ALLOW_SOFT_PLACEMENT, 1);
        put(INTRA_OP_PARALLELISM_THREADS, number(parameters, "TF_NUM_INTRA_THREADS", 0));
        long interOp = number(parameters, "TF_NUM_INTER_THREADS", 0);
        put(INTER_OP_PARALLELISM_THREADS, interOp == 0 ? CALLERS_THREAD : interOp);
        put(USE_PER_SESSION_THREADS, truth(parameters, "TF_USE_PER_SESSION_THREADS") ? 1 : 0);
        this.options = api.call(TfFunction.NEW_SESSION_OPTIONS);
        try (Arena arena = Arena.ofConfined();
                Status status = new Status(api)) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, config.toByteArray());
            long _ =
                    api.call(
                            TfFunction.SET_CONFIG,
                            options,
                            bytes.address(),
                            bytes.byteSize(),
                            status.address());
            status.check("setting session options");
        } catch (EngineException failure) {
            close();
            throw failure;
        }
    }

    /// The `TF_SessionOptions*`.
    long address() {
        return options;
    }

    private void put(int field, long value) {
        config.write(field << 3);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            config.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        config.write((int) rest);
    }

    private static long number(Map<String, String> parameters, String name, int byDefault)
            throws EngineException {
        String value = parameters.getOrDefault(name, Integer.toString(byDefault));
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below, as a negative number is.
        }
        throw new EngineException(
                "parameter %s: '%s' (expected: a whole number, at least 0)".formatted(name, value));
    }

    private static boolean truth(Map<String, String> parameters, String name)
            throws EngineException {
        String value = parameters.getOrDefault(name, "false");
        return switch (value) {
            case "true", "yes", "1" -> true;
            case "false", "no", "0" -> false;
            default ->
                    throw new EngineException(
                            "parameter %s: '%s' (expected: true or false)".formatted(name, value));
        };
    }

    @Override
    public void close() {
        long _ = api.call(TfFunction.DELETE_SESSION_OPTIONS, options);
    }
}
