package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.scheduling.ExecutionPolicy;

/// The parameters of a model that say what may become of its executions:
///
/// ```text
/// parameters { key: "execution_timeout_ms" value { string_value: "500" } }
/// parameters { key: "idempotent" value { string_value: "false" } }
/// ```
final class ExecutionParameters {
    private static final String TIMEOUT = "execution_timeout_ms";
    private static final String IDEMPOTENT = "idempotent";
    private static final long LONGEST_MILLIS = 86_400_000;

    private ExecutionParameters() {}

    /// @param limitMillis the limit where the model has none of its own
    static ExecutionPolicy policy(ModelConfig config, long limitMillis) throws ServingException {
        String timeout = text(config, TIMEOUT);
        String idempotent = text(config, IDEMPOTENT);
        return new ExecutionPolicy(
                timeout.isEmpty() ? limitMillis : millis(config, timeout),
                switch (idempotent) {
                    case "", "true" -> true;
                    case "false" -> false;
                    default -> throw wrong(config, IDEMPOTENT, idempotent, "true or false");
                });
    }

    /// A parameter's value; empty where the model has none of that name.
    static String text(ModelConfig config, String name) {
        return config.containsParameters(name)
                ? config.getParametersOrThrow(name).getStringValue()
                : "";
    }

    private static long millis(ModelConfig config, String text) throws ServingException {
        try {
            long millis = Long.parseLong(text);
            if (millis >= 0 && millis <= LONGEST_MILLIS) {
                return millis;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw wrong(config, TIMEOUT, text, "a whole number, 0.." + LONGEST_MILLIS);
    }

    /// A refusal of a parameter's value.
    static ServingException wrong(ModelConfig config, String name, String value, String expected) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "model '%s', parameter '%s': '%s' (expected: %s)"
                        .formatted(config.getName(), name, value, expected));
    }
}
