package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads one entry of a request's `inputs`.
final class InputParser {
    private @Nullable String name;
    private @Nullable String datatype;
    private long @Nullable [] shape;
    private long binarySize = -1;
    private int array = -1;
    private boolean hasData;
    private boolean hasBinarySize;
    private final RegionParameters region = new RegionParameters();
    private @Nullable ServingException sizeFailure;

    /// @param cut how many `data` arrays have been cut and stand as their numbers; -1 where none have
    /// @return false when a `data` array turned up that has not been cut
    boolean read(JsonParser json, int cut) throws IOException, ServingException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            JsonToken value = json.nextToken();
            switch (member) {
                case "name" -> name = JsonMembers.string(json, value, member);
                case "datatype" -> datatype = JsonMembers.string(json, value, member);
                case "shape" -> shape = shape(json, value);
                case "parameters" -> parameters(json, value);
                case "data" -> {
                    hasData = true;
                    if (value == JsonToken.START_ARRAY) {
                        if (cut < 0) {
                            return false;
                        }
                        array = number(json, cut);
                    } else {
                        json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
        return true;
    }

    /// The number of a cut array. A member that is called `data` only by an escape has not been cut.
    private static int number(JsonParser json, int cut) throws IOException, ServingException {
        JsonToken number = json.nextToken();
        boolean known = JsonMembers.isUnsigned(json, number) && json.getLongValue() < cut;
        int array = known ? json.getIntValue() : -1;
        if (!known || json.nextToken() != JsonToken.END_ARRAY) {
            throw JsonFailures.wrongType("data", "name with escapes as name");
        }
        return array;
    }

    private void parameters(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            JsonToken parameter = json.nextToken();
            switch (member) {
                case "binary_data_size" -> {
                    hasBinarySize = true;
                    try {
                        binarySize = JsonMembers.unsigned(json, parameter, member);
                    } catch (ServingException failure) {
                        sizeFailure = failure;
                    }
                }
                default -> region.take(json, member, parameter);
            }
            json.skipChildren();
        }
    }

    private static long[] shape(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        JsonMembers.array(value, "shape");
        long[] shape = new long[4];
        int rank = 0;
        JsonToken token;
        while ((token = json.nextToken()) != JsonToken.END_ARRAY) {
            if (rank == shape.length) {
                shape = Arrays.copyOf(shape, 2 * rank);
            }
            shape[rank++] = JsonMembers.unsigned(json, token, "shape");
        }
        return rank == shape.length ? shape : Arrays.copyOf(shape, rank);
    }

    /// What was read, all members being there.
    InferHeader.Input checked() throws ServingException {
        boolean hasRegion = region.isGiven();
        if ((hasData ? 1 : 0) + (hasBinarySize ? 1 : 0) + (hasRegion ? 1 : 0) != 1) {
            throw notOneSource(
                    (hasData ? " 'data'" : "")
                            + (hasBinarySize ? " 'binary_data_size'" : "")
                            + (hasRegion ? " 'shared_memory_region'" : ""));
        }
        if (name == null) {
            throw JsonFailures.missing("name");
        }
        if (shape == null) {
            throw JsonFailures.missing("shape");
        }
        if (datatype == null) {
            throw JsonFailures.missing("datatype");
        }
        if (sizeFailure != null) {
            throw sizeFailure;
        }
        if (hasData && array < 0) {
            if (shape.length == 0) {
                // A value where one is due: that no model takes such a shape is what Triton tells.
                return new InferHeader.Input(name, datatype, shape, 0, array);
            }
            throw JsonFailures.wrongType("data", "non-array as array");
        }
        return new InferHeader.Input(
                name, datatype, shape, hasData ? -1 : binarySize, array, region.region());
    }

    /// @param set the sources of its values that an input has, each quoted
    static ServingException notOneSource(String set) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "Input must set only one of the following fields: 'data', 'binary_data_size' in"
                        + " 'parameters', 'shared_memory_region' in 'parameters'. But "
                        + (set.isEmpty() ? "no field is set" : "set" + set));
    }
}
