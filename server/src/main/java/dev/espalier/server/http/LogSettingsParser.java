package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.logging.LogChange;
import java.io.IOException;

/// Reads what a client wants to be logged. What it gives as null stays as it is.
final class LogSettingsParser {
    private LogSettingsParser() {}

    /// @throws ServingException where the text is no JSON, or a member not what it should be
    static LogChange parse(byte[] body) throws ServingException {
        LogChange change = new LogChange();
        JsonBody.read(
                body,
                (name, json, value) -> {
                    if (value != JsonToken.VALUE_NULL) {
                        change.set(name, new Member(json, value));
                    }
                });
        return change;
    }

    private record Member(JsonParser json, JsonToken value)
            implements LogChange.Value<IOException> {
        @Override
        public boolean flag() throws ServingException {
            if (!value.isBoolean()) {
                throw wrongType("non-boolean as boolean");
            }
            return value == JsonToken.VALUE_TRUE;
        }

        @Override
        public int detail() throws IOException, ServingException {
            if (!JsonMembers.isUnsigned(json, value)) {
                throw wrongType("non-unsigned-integer as unsigned-integer");
            }
            return (int) Math.min(json.getLongValue(), Integer.MAX_VALUE);
        }

        @Override
        public LoggingOptions.Format format() throws IOException, ServingException {
            if (value != JsonToken.VALUE_STRING) {
                throw wrongType("non-string as string");
            }
            LoggingOptions.Format format = LoggingOptions.Format.of(json.getText());
            if (format == null) {
                throw new ServingException(
                        ErrorCode.UNAVAILABLE,
                        "invalid argument for --log_format, got: " + json.getText());
            }
            return format;
        }

        private static ServingException wrongType(String is) {
            return new ServingException(ErrorCode.INTERNAL, "attempt to access JSON " + is);
        }
    }
}
