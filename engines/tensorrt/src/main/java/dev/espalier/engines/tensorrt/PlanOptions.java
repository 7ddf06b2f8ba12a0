package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a model's configuration says of how its plan is run.
///
/// @param profiles the numbers of the optimisation profiles that may be used; empty for all
/// @param cudaGraphs whether runs are recorded and started again as CUDA graphs
record PlanOptions(List<Integer> profiles, boolean cudaGraphs) {
    private static final String PROFILE = "profile";
    private static final String CUDA_GRAPHS = "cuda_graphs";

    PlanOptions {
        profiles = List.copyOf(profiles);
    }

    /// @param parameters as the server gives them, such as `profile` = `0,2`
    /// @throws EngineException when one of these is none of its values
    static PlanOptions of(Map<String, String> parameters) throws EngineException {
        return new PlanOptions(
                profiles(parameters.getOrDefault(PROFILE, "")),
                cudaGraphs(parameters.getOrDefault(CUDA_GRAPHS, "false")));
    }

    private static List<Integer> profiles(String text) throws EngineException {
        List<Integer> numbers = new ArrayList<>();
        try {
            for (String number : text.isBlank() ? new String[0] : text.split(",", -1)) {
                numbers.add(Integer.parseInt(number.strip()));
            }
            return numbers;
        } catch (NumberFormatException _) {
            throw new EngineException(
                    "%s: '%s' (expected: numbers of the plan's profiles, such as 0,2)"
                            .formatted(PROFILE, text));
        }
    }

    private static boolean cudaGraphs(String text) throws EngineException {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new EngineException(
                            "%s: '%s' (expected: true or false)".formatted(CUDA_GRAPHS, text));
        };
    }
}
