package dev.espalier.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON value. Numbers stay the text they were, so that no digit is lost.
sealed interface Json {
    record Fields(Map<String, Json> fields) implements Json {}

    record Items(List<Json> items) implements Json {}

    record Text(String text) implements Json {}

    record Numeral(String text) implements Json {}

    record Bool(boolean value) implements Json {}

    record Nothing() implements Json {}

    /// Reads one value and nothing behind it.
    static Json parse(String text) throws ClientException {
        if (text.isBlank()) {
            return new Nothing();
        }
        // Built per call: a process of the client reads a handful of texts.
        JsonFactory factory =
                JsonFactory.builder()
                        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxStringLength(Integer.MAX_VALUE)
                                        .maxNestingDepth(200)
                                        .build())
                        .build();
        try (JsonParser parser = factory.createParser(text)) {
            parser.nextToken();
            Json value = read(parser);
            if (parser.nextToken() != null) {
                throw new ClientException("JSON: one value expected, got more: " + excerpt(text));
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new ClientException(
                    "not JSON: " + excerpt(text) + " (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw new IllegalStateException("reading a text in memory failed", e);
        }
    }

    /// Reads a value, or gives null where the text is none.
    static @Nullable Json parseOrNull(String text) {
        try {
            return parse(text);
        } catch (ClientException e) {
            return null;
        }
    }

    /// The field of an object, [Nothing] where there is none.
    default Json field(String name) {
        return this instanceof Fields(var fields)
                ? fields.getOrDefault(name, new Nothing())
                : new Nothing();
    }

    /// The items of an array, none where this is no array.
    default List<Json> list() {
        return this instanceof Items(var items) ? items : List.of();
    }

    /// A text or number as it is read; empty for everything else.
    default String plain() {
        return switch (this) {
            case Text(String text) -> text;
            case Numeral(String text) -> text;
            case Bool(boolean value) -> Boolean.toString(value);
            case Fields _, Items _, Nothing _ -> "";
        };
    }

    private static Json read(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, read(parser));
                }
                yield new Fields(fields);
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser));
                }
                yield new Items(items);
            }
            case VALUE_STRING -> new Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeral(parser.getText());
            case VALUE_TRUE -> new Bool(true);
            case VALUE_FALSE -> new Bool(false);
            default -> new Nothing();
        };
    }

    private static String excerpt(String text) {
        int most = 60;
        return "'" + (text.length() > most ? text.substring(0, most) + "..." : text) + "'";
    }
}
