package dev.espalier.sdk.test;

import dev.espalier.engine.EngineException;
import java.util.Map;

/// How large the heap of a worker may become, as a server reads it in a model's parameters.
final class HeapSize {
    private static final String PARAMETER = "jvm_memory_mb";
    private static final int STANDARD = 256;
    private static final int LEAST = 32;
    private static final int MOST = 1 << 20;

    private HeapSize() {}

    /// @throws EngineException when the parameter is no such size
    static int megabytes(Map<String, String> parameters) throws EngineException {
        String text = parameters.getOrDefault(PARAMETER, String.valueOf(STANDARD));
        try {
            int megabytes = Integer.parseInt(text);
            if (megabytes >= LEAST && megabytes <= MOST) {
                return megabytes;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new EngineException(
                "parameter '%s': '%s' (expected: a whole number of megabytes, %d..%d)"
                        .formatted(PARAMETER, text, LEAST, MOST));
    }
}
