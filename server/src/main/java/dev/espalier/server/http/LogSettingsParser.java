package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.util.function.UnaryOperator;

/// Reads what a client wants to be logged. What it does not name, or gives as null, stays as it is.
final class LogSettingsParser {
    private UnaryOperator<LoggingOptions> change = options -> options;

    private LogSettingsParser() {}

    /// @throws ServingException where the text is no JSON, or a member not what it should be
    static UnaryOperator<LoggingOptions> parse(byte[] body) throws ServingException {
        LogSettingsParser parser = new LogSettingsParser();
        JsonBody.read(body, parser::member);
        return parser.change;
    }

    private void member(String name, JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        switch (name) {
            case "log_file" ->
                    throw new ServingException(
                            ErrorCode.UNSUPPORTED,
                            "log file location can not be updated through network protocol");
            case "log_info" -> {
                boolean told = bool(value);
                then(options -> options.withInfo(told));
            }
            case "log_warning" -> {
                boolean told = bool(value);
                then(options -> options.withWarning(told));
            }
            case "log_error" -> {
                boolean told = bool(value);
                then(options -> options.withError(told));
            }
            case "log_verbose_level" -> {
                int detail = detail(json, value);
                then(options -> options.withVerbose(detail));
            }
            case "log_format" -> {
                LoggingOptions.Format format = format(json, value);
                then(options -> options.withFormat(format));
            }
            default -> {
                // As Triton: clients send what newer servers know.
            }
        }
    }

    private void then(UnaryOperator<LoggingOptions> next) {
        UnaryOperator<LoggingOptions> before = change;
        change = options -> next.apply(before.apply(options));
    }

    private static boolean bool(JsonToken value) throws ServingException {
        if (!value.isBoolean()) {
            throw wrongType("non-boolean as boolean");
        }
        return value == JsonToken.VALUE_TRUE;
    }

    private static int detail(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (!JsonMembers.isUnsigned(json, value)) {
            throw wrongType("non-unsigned-integer as unsigned-integer");
        }
        return (int) Math.min(json.getLongValue(), Integer.MAX_VALUE);
    }

    private static LoggingOptions.Format format(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (value != JsonToken.VALUE_STRING) {
            throw wrongType("non-string as string");
        }
        String text = json.getText();
        for (LoggingOptions.Format format : LoggingOptions.Format.values()) {
            if (format.text().equals(text)) {
                return format;
            }
        }
        throw new ServingException(
                ErrorCode.UNAVAILABLE, "invalid argument for --log_format, got: " + text);
    }

    private static ServingException wrongType(String is) {
        return new ServingException(ErrorCode.INTERNAL, "attempt to access JSON " + is);
    }
}
