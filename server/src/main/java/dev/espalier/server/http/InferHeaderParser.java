package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the JSON part of one inference request.
final class InferHeaderParser {
    static final JsonFactory JSON =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build();

    private static final int SHORT = 64 << 10;

    private static final DataArrays NO_ARRAYS = DataArrays.none();

    private final byte[] text;
    private final int length;
    private final DataArrays arrays;
    private final boolean cut;

    private String id = "";
    private long priority;
    private long timeoutMicros;
    private boolean binaryOutputs;
    private @Nullable List<InferHeader.Input> inputs;
    private List<InferHeader.Output> outputs = List.of();

    private InferHeaderParser(byte[] text, int length, DataArrays arrays, boolean cut) {
        this.text = text;
        this.length = length;
        this.arrays = arrays;
        this.cut = cut;
    }

    /// The header in the first `length` bytes of `text`, which must stay as they are for as long as
    /// the header is used.
    ///
    /// @throws ServingException when the text is no JSON, or not of the form of a request
    static InferHeader parse(byte[] text, int length) throws ServingException {
        // Most requests carry their tensors behind the JSON: only when an array turns up is it
        // worth
        // looking for them all. A long text is looked through first: it is refused where it is long
        // without its
        // arrays, because that costs more memory than it has bytes.
        InferHeaderParser parser = new InferHeaderParser(text, length, NO_ARRAYS, false);
        if (length > SHORT || !parser.read()) {
            DataArrays arrays = DataArrays.cut(text, length);
            parser = new InferHeaderParser(arrays.rest(), arrays.restLength(), arrays, true);
            parser.read();
        }
        List<InferHeader.Input> inputs = parser.inputs;
        if (inputs == null) {
            throw JsonFailures.missing("inputs");
        }
        return new InferHeader(
                parser.id,
                parser.priority,
                parser.timeoutMicros,
                parser.binaryOutputs,
                inputs,
                parser.outputs,
                false,
                text,
                parser.arrays);
    }

    /// @return false when a `data` array turned up that has not been cut
    private boolean read() throws ServingException {
        try (JsonParser json = JSON.createParser(text, 0, length)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw JsonFailures.syntax("The document is empty.", 0);
            }
            if (first == JsonToken.START_OBJECT) {
                if (!members(json)) {
                    return false;
                }
            } else {
                json.skipChildren();
            }
            if (!endsAt(json.currentLocation().getByteOffset())) {
                JsonFailures.checkEnd(json);
            }
            return true;
        } catch (JsonProcessingException failure) {
            throw JsonFailures.syntax(failure);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL, "Unable to read the JSON of the request", failure);
        }
    }

    /// Whether a NUL ends the text, as with Triton: a header's length that takes in bytes of a tensor leaves that many
    /// of them missing.
    private boolean endsAt(long offset) {
        for (int i = (int) Math.max(0, offset); i < length; i++) {
            if (text[i] > ' ') {
                return false;
            }
            if (text[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean members(JsonParser json) throws IOException, ServingException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "id" -> id = JsonMembers.string(json, value, "id");
                case "inputs" -> {
                    JsonMembers.array(value, "inputs");
                    if (!inputs(json)) {
                        return false;
                    }
                }
                case "outputs" -> {
                    JsonMembers.array(value, "outputs");
                    outputs = OutputParser.read(json);
                }
                case "parameters" -> parameters(json, value);
                default -> json.skipChildren();
            }
        }
        return true;
    }

    private void parameters(JsonParser json, JsonToken value) throws IOException, ServingException {
        if (value != JsonToken.START_OBJECT) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "failed to get request params.: attempt to get members for non-object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken parameter = json.nextToken();
            switch (name) {
                case "priority" -> priority = JsonMembers.unsigned64(json, parameter, name);
                case "timeout" -> timeoutMicros = JsonMembers.unsigned(json, parameter, name);
                case "binary_data_output" -> binaryOutputs = JsonMembers.bool(parameter, name);
                case "sequence_start", "sequence_end" -> JsonMembers.bool(parameter, name);
                case "sequence_id" -> {
                    if (!JsonMembers.isUnsigned64(json, parameter)) {
                        JsonMembers.string(json, parameter, name);
                    }
                }
                default -> free(name, parameter);
            }
        }
    }

    private static void free(String name, JsonToken value) throws ServingException {
        if (name.startsWith("triton_")) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "parameter keys starting with 'triton_' are reserved for Triton usage and"
                            + " should not be specified.");
        }
        if (value.isStructStart() || value == JsonToken.VALUE_NULL) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "parameter '%s' has invalid type. It should be either 'int', 'bool', or 'string'."
                            .formatted(name));
        }
    }

    private boolean inputs(JsonParser json) throws IOException, ServingException {
        List<InferHeader.Input> read = new ArrayList<>(4);
        JsonToken token;
        while ((token = json.nextToken()) != JsonToken.END_ARRAY) {
            if (token != JsonToken.START_OBJECT) {
                json.skipChildren();
                throw InputParser.notOneSource("");
            }
            InputParser input = new InputParser();
            if (!input.read(json, cut ? arrays.count() : -1)) {
                return false;
            }
            read.add(input.checked());
        }
        inputs = read;
        return true;
    }
}
