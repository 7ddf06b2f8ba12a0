package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.regions.RegionStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads the JSON of a request to register a region of shared memory: `{"key": "/…", "offset": 0, "byte_size": 64}`.
final class RegisterRequestParser {
    private @Nullable String key;
    private long offset;
    private long byteSize = -1;

    private RegisterRequestParser() {}

    /// The region as the request describes it.
    ///
    /// @throws ServingException when the text is no JSON, or not of the form of such a request
    static RegionStatus parse(String name, byte[] body) throws ServingException {
        RegisterRequestParser parser = new RegisterRequestParser();
        JsonBody.read(body, parser::member);
        String key = parser.key;
        if (key == null) {
            throw missing("key");
        }
        if (parser.byteSize < 0) {
            throw missing("byte_size");
        }
        return new RegionStatus(name, key, parser.offset, parser.byteSize);
    }

    private void member(String name, JsonParser json, JsonToken value)
            throws IOException, ServingException {
        switch (name) {
            case "key" -> {
                if (value != JsonToken.VALUE_STRING) {
                    throw wrongType("non-string as string");
                }
                key = json.getText();
            }
            case "offset" -> offset = unsigned(json, value);
            case "byte_size" -> byteSize = unsigned(json, value);
            default -> {
                // As Triton, which looks for those it knows.
            }
        }
    }

    /// A number of up to 64 bits; of those that no signed one can hold no file has so many bytes.
    private static long unsigned(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (!JsonMembers.isUnsigned64(json, value)) {
            throw wrongType("non-unsigned-integer as unsigned-integer");
        }
        return JsonMembers.isUnsigned(json, value) ? json.getLongValue() : Long.MAX_VALUE;
    }

    private static ServingException missing(String member) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "Shared memory register request has no '%s' field".formatted(member));
    }

    private static ServingException wrongType(String is) {
        return new ServingException(ErrorCode.INTERNAL, "attempt to access JSON " + is);
    }
}
