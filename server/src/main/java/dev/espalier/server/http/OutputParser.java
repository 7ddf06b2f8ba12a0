package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a request's `outputs`.
final class OutputParser {
    private @Nullable String name;
    private boolean binary;
    private final RegionParameters region = new RegionParameters();
    private long classification;

    private OutputParser() {}

    /// The outputs up to the end of the array that `json` has just entered.
    static List<InferHeader.Output> read(JsonParser json) throws IOException, ServingException {
        List<InferHeader.Output> outputs = new ArrayList<>(4);
        JsonToken token;
        while ((token = json.nextToken()) != JsonToken.END_ARRAY) {
            if (token != JsonToken.START_OBJECT) {
                throw JsonFailures.missing("name");
            }
            OutputParser output = new OutputParser();
            output.members(json);
            outputs.add(output.checked());
        }
        return outputs;
    }

    private void members(JsonParser json) throws IOException, ServingException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            JsonToken value = json.nextToken();
            if (member.equals("name")) {
                name = JsonMembers.string(json, value, member);
            } else if (member.equals("parameters") && value == JsonToken.START_OBJECT) {
                parameters(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void parameters(JsonParser json) throws IOException, ServingException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            JsonToken value = json.nextToken();
            switch (member) {
                case "binary_data" -> binary = JsonMembers.bool(value, member);
                case "classification" -> classification = classification(json, value);
                default -> region.take(json, member, value);
            }
            json.skipChildren();
        }
    }

    private static long classification(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (!JsonMembers.isUnsigned(json, value)) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "Unable to set 'classification': attempt to access JSON non-unsigned-integer as unsigned-integer");
        }
        return json.getLongValue();
    }

    private InferHeader.Output checked() throws ServingException {
        if (name == null) {
            throw JsonFailures.missing("name");
        }
        if (region.isGiven() && classification > 0) {
            throw both("classification");
        }
        if (region.isGiven() && binary) {
            throw both("binary_data");
        }
        return new InferHeader.Output(
                name, binary, (int) Math.min(classification, Integer.MAX_VALUE), region.region());
    }

    private static ServingException both(String other) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "Output can't set both 'shared_memory_region' and '%s'".formatted(other));
    }
}
