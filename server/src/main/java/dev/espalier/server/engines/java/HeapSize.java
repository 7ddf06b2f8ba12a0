package dev.espalier.server.engines.java;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.workers.ProcessOptions;
import java.util.List;
import java.util.Map;

/// How large the heap of a model's JVM may become:
///
/// ```text
/// parameters { key: "jvm_memory_mb" value { string_value: "1024" } }
/// ```
final class HeapSize implements ProcessOptions {
    static final String PARAMETER = "jvm_memory_mb";
    private static final int STANDARD = 256;

    /// Less is not enough for a worker's own objects.
    private static final int LEAST = 32;

    private static final int MOST = 1 << 20;

    @Override
    public List<String> of(String model, Map<String, String> parameters) throws ServingException {
        String text = parameters.getOrDefault(PARAMETER, String.valueOf(STANDARD));
        try {
            int megabytes = Integer.parseInt(text);
            if (megabytes >= LEAST && megabytes <= MOST) {
                return List.of("-Xmx%dm".formatted(megabytes));
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "model '%s', parameter '%s': '%s' (expected: a whole number of megabytes, %d..%d)"
                        .formatted(model, PARAMETER, text, LEAST, MOST));
    }
}
