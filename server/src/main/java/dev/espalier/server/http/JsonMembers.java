package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;

/// Members of a request's JSON, read with the type that they must have.
final class JsonMembers {
    private JsonMembers() {}

    static String string(JsonParser json, JsonToken value, String member)
            throws IOException, ServingException {
        if (value != JsonToken.VALUE_STRING) {
            throw JsonFailures.wrongType(member, "non-string as string");
        }
        return json.getText();
    }

    static void array(JsonToken value, String member) throws ServingException {
        if (value != JsonToken.START_ARRAY) {
            throw JsonFailures.wrongType(member, "non-array as array");
        }
    }

    static boolean bool(JsonToken value, String member) throws ServingException {
        if (!value.isBoolean()) {
            throw JsonFailures.wrongType(member, "non-boolean as boolean");
        }
        return value == JsonToken.VALUE_TRUE;
    }

    static long unsigned(JsonParser json, JsonToken value, String member)
            throws IOException, ServingException {
        if (!isUnsigned(json, value)) {
            throw JsonFailures.wrongType(member, "non-unsigned-integer as unsigned-integer");
        }
        return json.getLongValue();
    }

    static boolean isUnsigned(JsonParser json, JsonToken value) throws IOException {
        return value == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && json.getLongValue() >= 0;
    }

    /// A number of up to 64 bits; those that no signed one can hold count as the largest that is.
    static long unsigned64(JsonParser json, JsonToken value, String member)
            throws IOException, ServingException {
        if (!isUnsigned64(json, value)) {
            throw JsonFailures.wrongType(member, "non-unsigned-integer as unsigned-integer");
        }
        return isUnsigned(json, value) ? json.getLongValue() : Long.MAX_VALUE;
    }

    static boolean isUnsigned64(JsonParser json, JsonToken value) throws IOException {
        return isUnsigned(json, value)
                || value == JsonToken.VALUE_NUMBER_INT
                        && json.getBigIntegerValue().signum() > 0
                        && json.getBigIntegerValue().bitLength() <= Long.SIZE;
    }
}
