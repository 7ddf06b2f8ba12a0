package dev.espalier.server.grpc;

import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.InferParameter.ParameterChoiceCase;
import dev.espalier.protocol.ModelInferRequest;
import dev.espalier.server.failure.ServingException;
import java.util.Map;

/// What a request's parameters say.
///
/// @param priority 0 for the model's default
/// @param timeoutMicros 0 for the model's default
record InferParameters(long priority, long timeoutMicros) {
    private static final String RESERVED_PREFIX = "triton_";
    private static final String EMPTY_FINAL_RESPONSE = "triton_enable_empty_final_response";

    static InferParameters of(Map<String, InferParameter> parameters) throws ServingException {
        long priority = 0;
        long timeoutMicros = 0;
        for (Map.Entry<String, InferParameter> entry : parameters.entrySet()) {
            String name = entry.getKey();
            InferParameter value = entry.getValue();
            ParameterChoiceCase type = value.getParameterChoiceCase();
            switch (name) {
                case "priority" -> priority = priority(value);
                case "timeout" -> {
                    check(name, type == ParameterChoiceCase.INT64_PARAM, "int64_param.");
                    // Triton takes the number for an unsigned one.
                    long given = value.getInt64Param();
                    timeoutMicros = given < 0 ? Long.MAX_VALUE : given;
                }
                case "sequence_id" ->
                        check(
                                name,
                                type == ParameterChoiceCase.INT64_PARAM
                                        || type == ParameterChoiceCase.STRING_PARAM,
                                "int64_param or string_param.");
                case "sequence_start", "sequence_end", EMPTY_FINAL_RESPONSE ->
                        check(name, type == ParameterChoiceCase.BOOL_PARAM, "bool_param.");
                default -> checkFree(name, type);
            }
        }
        return new InferParameters(priority, timeoutMicros);
    }

    /// Whether the client of a request wants a message for an end without an answer.
    static boolean wantsEnd(ModelInferRequest message) {
        return message.containsParameters(EMPTY_FINAL_RESPONSE)
                && message.getParametersOrThrow(EMPTY_FINAL_RESPONSE).getBoolParam();
    }

    private static long priority(InferParameter value) throws ServingException {
        return switch (value.getParameterChoiceCase()) {
            case INT64_PARAM -> {
                if (value.getInt64Param() < 0) {
                    throw Failures.invalid("invalid value for 'priority', expected value >= 0.");
                }
                yield value.getInt64Param();
            }
            case UINT64_PARAM ->
                    value.getUint64Param() < 0 ? Long.MAX_VALUE : value.getUint64Param();
            case BOOL_PARAM, STRING_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET ->
                    throw wrongType("priority", "int64_param or uint64_param.");
        };
    }

    private static void checkFree(String name, ParameterChoiceCase type) throws ServingException {
        if (name.startsWith(RESERVED_PREFIX)) {
            throw Failures.invalid(
                    "parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: "
                            + EMPTY_FINAL_RESPONSE);
        }
        check(
                name,
                type != ParameterChoiceCase.UINT64_PARAM
                        && type != ParameterChoiceCase.PARAMETERCHOICE_NOT_SET,
                "int64_param, bool_param, or string_param.");
    }

    /// How many of the top classes of an output are asked for; 0 for the tensor.
    static int classification(Map<String, InferParameter> parameters) throws ServingException {
        InferParameter classes = parameters.get("classification");
        if (classes == null) {
            return 0;
        }
        if (!classes.hasInt64Param()) {
            throw wrongType("classification", "int64_param");
        }
        if (classes.getInt64Param() <= 0) {
            throw Failures.invalid("invalid value for 'classification' parameter, expected >= 0");
        }
        return (int) Math.min(classes.getInt64Param(), Integer.MAX_VALUE);
    }

    private static void check(String name, boolean right, String expected) throws ServingException {
        if (!right) {
            throw wrongType(name, expected);
        }
    }

    private static ServingException wrongType(String name, String expected) {
        return Failures.invalid(
                "invalid value type for '%s' parameter, expected %s".formatted(name, expected));
    }
}
