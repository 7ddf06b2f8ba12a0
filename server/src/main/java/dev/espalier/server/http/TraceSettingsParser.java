package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.tracing.TraceChange;
import dev.espalier.server.tracing.TraceSettingTexts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads which settings of traces a client wants to change. A null clears one.
final class TraceSettingsParser {
    private final TraceSettingTexts texts = new TraceSettingTexts();

    private TraceSettingsParser() {}

    /// @throws ServingException where the text is no JSON, or a member not what it should be
    static TraceChange parse(byte[] body) throws ServingException {
        TraceSettingsParser parser = new TraceSettingsParser();
        JsonBody.read(body, parser::member);
        return parser.texts.change();
    }

    private void member(String name, JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (!TraceSettingTexts.isKnown(name)) {
            return;
        }
        if (value == JsonToken.VALUE_NULL) {
            texts.clear(name);
            return;
        }
        texts.set(
                name,
                TraceSettingTexts.isList(name)
                        ? strings(json, value)
                        : List.of(string(json, value)));
    }

    private static List<String> strings(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (value != JsonToken.START_ARRAY) {
            throw wrongType("non-array as array");
        }
        List<String> strings = new ArrayList<>();
        JsonToken next;
        while ((next = json.nextToken()) != JsonToken.END_ARRAY) {
            strings.add(string(json, next));
        }
        return strings;
    }

    private static String string(JsonParser json, JsonToken value)
            throws IOException, ServingException {
        if (value != JsonToken.VALUE_STRING) {
            throw wrongType("non-string as string");
        }
        return json.getText();
    }

    private static ServingException wrongType(String is) {
        return new ServingException(ErrorCode.INTERNAL, "attempt to access JSON " + is);
    }
}
