package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.repository.LoadOverrides;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// Reads the JSON of a request to load a model: `{"parameters": {"config": "…", "file:1/model.onnx":
/// "<base64>", …}}`, or nothing at all.
final class LoadRequestParser {
    private static final String FILE = "file:";

    private final Map<String, byte[]> files = new HashMap<>();
    private String config = "";

    private LoadRequestParser() {}

    /// @throws ServingException when the text is no JSON, or not of the form of such a request
    static LoadOverrides parse(byte[] body) throws ServingException {
        LoadRequestParser parser = new LoadRequestParser();
        parser.read(body, true);
        return new LoadOverrides(parser.config, parser.files);
    }

    /// Checks that a body which says nothing that matters is JSON.
    static void check(byte[] body) throws ServingException {
        new LoadRequestParser().read(body, false);
    }

    private void read(byte[] body, boolean parameters) throws ServingException {
        if (body.length == 0) {
            return;
        }
        try (JsonParser json = InferHeaderParser.JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
            } else {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean wanted = parameters && json.currentName().equals("parameters");
                    JsonToken value = json.nextToken();
                    if (wanted) {
                        parameters(json, value);
                    } else {
                        json.skipChildren();
                    }
                }
            }
            JsonFailures.checkEnd(json);
        } catch (JsonProcessingException failure) {
            throw JsonFailures.syntax(failure);
        } catch (IOException failure) {
            throw internal("Unable to read the JSON of the request");
        }
    }

    private void parameters(JsonParser json, JsonToken value) throws IOException, ServingException {
        if (value != JsonToken.START_OBJECT) {
            throw internal("attempt to get members for non-object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw internal("attempt to access JSON non-string as string");
            }
            if (name.equals("config")) {
                config = json.getText();
            } else if (name.startsWith(FILE)) {
                files.put(name.substring(FILE.length()), content(json, name));
            } else {
                throw internal("unexpected error on creating Triton parameter");
            }
        }
    }

    private static byte[] content(JsonParser json, String name)
            throws IOException, ServingException {
        try {
            return json.getBinaryValue();
        } catch (JsonProcessingException failure) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "parameter '%s' is not base64: %s (expected: the file's bytes in base64)"
                            .formatted(name, failure.getOriginalMessage()),
                    failure);
        }
    }

    private static ServingException internal(String text) {
        return new ServingException(ErrorCode.INTERNAL, text);
    }
}
