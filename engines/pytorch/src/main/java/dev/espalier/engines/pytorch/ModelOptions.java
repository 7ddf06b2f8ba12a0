package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import java.util.Map;

/// A model's options, from the `parameters` of its configuration, with the names and meanings of Triton's PyTorch
/// backend.
///
/// @param optimized whether TorchScript optimizes the model in its first runs
/// @param inferenceMode whether nothing is kept for gradients
/// @param intraOpThreads how many threads an op may use; 0 where the model does not say
/// @param interOpThreads how many threads run ops that the model forks off; 0 where it does not say
record ModelOptions(
        boolean optimized, boolean inferenceMode, int intraOpThreads, int interOpThreads) {
    /// @throws EngineException when a parameter's value is none that it may have
    static ModelOptions of(Map<String, String> parameters) throws EngineException {
        return new ModelOptions(
                !truth(parameters, "DISABLE_OPTIMIZED_EXECUTION", false),
                truth(parameters, "INFERENCE_MODE", true),
                number(parameters, "INTRA_OP_THREAD_COUNT"),
                number(parameters, "INTER_OP_THREAD_COUNT"));
    }

    private static boolean truth(Map<String, String> parameters, String name, boolean byDefault)
            throws EngineException {
        String value = parameters.get(name);
        if (value == null) {
            return byDefault;
        }
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                    throw new EngineException(
                            "parameter %s: '%s' (expected: true or false)".formatted(name, value));
        };
    }

    private static int number(Map<String, String> parameters, String name) throws EngineException {
        String value = parameters.getOrDefault(name, "0");
        try {
            int number = Integer.parseInt(value);
            if (number >= 0 && number <= 1024) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new EngineException(
                "parameter %s: '%s' (expected: a whole number, 0..1024)".formatted(name, value));
    }
}
