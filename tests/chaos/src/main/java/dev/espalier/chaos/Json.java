package dev.espalier.chaos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON value of which the caller knows what it is.
///
/// @param value a map or a list of [Json], a [String], or a [Number]
record Json(Object value) {
    private static final JsonFactory FACTORY = new JsonFactory();

    static Json parse(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken _ = parser.nextToken();
            return read(parser);
        }
    }

    private static Json read(JsonParser parser) throws IOException {
        return new Json(
                switch (parser.currentToken()) {
                    case START_OBJECT -> {
                        Map<String, Json> members = new LinkedHashMap<>();
                        while (parser.nextToken() != JsonToken.END_OBJECT) {
                            String name = parser.currentName();
                            JsonToken _ = parser.nextToken();
                            members.put(name, read(parser));
                        }
                        yield members;
                    }
                    case START_ARRAY -> {
                        List<Json> elements = new ArrayList<>();
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            elements.add(read(parser));
                        }
                        yield elements;
                    }
                    case VALUE_NUMBER_INT -> parser.getLongValue();
                    case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                    case null -> throw new IOException("no JSON where some was expected");
                    default -> parser.getText();
                });
    }

    /// The member of this name.
    ///
    /// @throws IllegalArgumentException when there is none
    Json at(String name) {
        @Nullable Object member = value instanceof Map<?, ?> map ? map.get(name) : null;
        if (member instanceof Json json) {
            return json;
        }
        throw new IllegalArgumentException("no '%s' in %s".formatted(name, value));
    }

    List<Json> list() {
        return value instanceof List<?> list
                ? list.stream().map(Json.class::cast).toList()
                : List.of();
    }

    Number number() {
        return value instanceof Number number ? number : Double.NaN;
    }

    String text() {
        return value.toString();
    }
}
