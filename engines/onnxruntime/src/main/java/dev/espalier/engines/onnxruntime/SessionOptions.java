package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.util.Map;

/// The options of a session, from the `parameters` of a model's configuration. Names and meanings are
/// those of Triton's ONNX Runtime backend; `session.*` names are handed to ONNX Runtime as they are.
final class SessionOptions implements AutoCloseable {
    private final OrtApi api;
    private final long options;
    private final Map<String, String> parameters;

    /// @throws EngineException when a parameter's value is none that it may have
    SessionOptions(OrtApi api, Map<String, String> parameters) throws EngineException {
        this.api = api;
        this.parameters = parameters;
        try (Arena arena = Arena.ofConfined()) {
            Out out = new Out(arena);
            api.check(
                    api.call(OrtFunction.CREATE_SESSION_OPTIONS, out.address()),
                    "creating session options");
            options = out.value();
        }
        try {
            apply();
        } catch (EngineException failure) {
            close();
            throw failure;
        }
    }

    private void apply() throws EngineException {
        set(OrtFunction.SET_INTRA_OP_THREADS, "intra_op_thread_count");
        set(OrtFunction.SET_INTER_OP_THREADS, "inter_op_thread_count");
        set(OrtFunction.SET_EXECUTION_MODE, "execution_mode");
        turn("enable_mem_arena", OrtFunction.ENABLE_MEM_ARENA, OrtFunction.DISABLE_MEM_ARENA);
        turn("enable_mem_pattern", OrtFunction.ENABLE_MEM_PATTERN, OrtFunction.DISABLE_MEM_PATTERN);
        setGraphOptimization();
        // Threads that spin while they wait cost a core each, which the workers of other models
        // need.
        configure("session.intra_op.allow_spinning", "0");
        configure("session.inter_op.allow_spinning", "0");
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            if (parameter.getKey().startsWith("session.")) {
                configure(parameter.getKey(), parameter.getValue());
            }
        }
    }

    /// The `OrtSessionOptions*`.
    long address() {
        return options;
    }

    private void set(OrtFunction function, String name) throws EngineException {
        String value = parameters.get(name);
        if (value != null) {
            api.check(
                    api.call(function, options, number(name, value)),
                    "setting %s to %s".formatted(name, value));
        }
    }

    private void turn(String name, OrtFunction on, OrtFunction off) throws EngineException {
        String value = parameters.get(name);
        if (value != null) {
            api.check(
                    api.call(number(name, value) == 0 ? off : on, options),
                    "setting %s to %s".formatted(name, value));
        }
    }

    /// Triton's levels (`optimization { graph { level } }`) as ONNX Runtime's.
    private void setGraphOptimization() throws EngineException {
        String name = "graph_optimization_level";
        String value = parameters.getOrDefault(name, "0");
        int level =
                switch (number(name, value)) {
                    case -1 -> 1; // ORT_ENABLE_BASIC
                    case 0 -> 99; // ORT_ENABLE_ALL
                    case 1 -> 2; // ORT_ENABLE_EXTENDED
                    case 2 -> 0; // ORT_DISABLE_ALL
                    default ->
                            throw new EngineException(
                                    "%s: %s (expected: -1 basic, 0 all, 1 extended, 2 none)"
                                            .formatted(name, value));
                };
        api.check(
                api.call(OrtFunction.SET_GRAPH_OPTIMIZATION_LEVEL, options, level),
                "setting " + name);
    }

    private void configure(String key, String value) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            api.check(
                    api.call(
                            OrtFunction.ADD_CONFIG_ENTRY,
                            options,
                            arena.allocateFrom(key).address(),
                            arena.allocateFrom(value).address()),
                    "setting %s to %s".formatted(key, value));
        }
    }

    private static int number(String name, String value) throws EngineException {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException _) {
            throw new EngineException(
                    "parameter %s: '%s' (expected: an integer)".formatted(name, value));
        }
    }

    @Override
    public void close() {
        api.release(OrtFunction.RELEASE_SESSION_OPTIONS, options);
    }
}
