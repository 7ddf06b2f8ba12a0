package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.repository.ModelMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a request in the form of one flat JSON object: members that are called like an input of the model are its
/// values, all others are parameters.
final class GenerateParser {
    /// The member whose members are read like those of the object itself.
    private static final String PARAMETERS = "parameters";

    private final byte[] text;
    private final int length;
    private final ModelMetadata model;
    private final DataArrays arrays;
    private final List<InferHeader.Input> inputs = new ArrayList<>(4);
    private String id = "";

    private GenerateParser(byte[] text, int length, ModelMetadata model) {
        this.text = text;
        this.length = length;
        this.model = model;
        this.arrays = DataArrays.none();
    }

    /// The request in the first `length` bytes of `text`, which must stay as they are for as long as it is used.
    ///
    /// @throws ServingException when the text is no JSON, or not of the form of a request to the model
    static InferHeader parse(byte[] text, int length, ModelMetadata model) throws ServingException {
        GenerateParser parser = new GenerateParser(text, length, model);
        parser.read();
        return new InferHeader(
                parser.id, 0, 0, false, parser.inputs, List.of(), false, text, parser.arrays);
    }

    private void read() throws ServingException {
        try (JsonParser json = InferHeaderParser.JSON.createParser(text, 0, length)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw JsonFailures.syntax("The document is empty.", 0);
            }
            if (first != JsonToken.START_OBJECT) {
                json.skipChildren();
                JsonFailures.checkEnd(json);
                throw internal("attempt to get members for non-object");
            }
            ServingException wrong = members(json, false);
            JsonFailures.checkEnd(json);
            if (wrong != null) {
                throw wrong;
            }
        } catch (JsonProcessingException failure) {
            throw JsonFailures.syntax(failure);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL, "Unable to read the JSON of the request", failure);
        }
    }

    /// @param nested whether these are the members of [#PARAMETERS]
    /// @return the first thing that is wrong with a member; null where they are right
    private @Nullable ServingException members(JsonParser json, boolean nested)
            throws IOException, ServingException {
        ServingException wrong = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            ServingException failure = member(json, name, value, nested);
            wrong = wrong == null ? failure : wrong;
        }
        return wrong;
    }

    private @Nullable ServingException member(
            JsonParser json, String name, JsonToken value, boolean nested)
            throws IOException, ServingException {
        ModelMetadata.Tensor input = input(name);
        if (!nested && name.equals(PARAMETERS)) {
            return value == JsonToken.START_OBJECT ? members(json, true) : notNested(json);
        }
        if (!nested && name.equals("id")) {
            return id(json, value);
        }
        if (input != null) {
            return values(json, input, value);
        }
        json.skipChildren();
        return value.isStructEnd() || value.isStructStart() || value == JsonToken.VALUE_NULL
                ? wrongParameter(name, nested)
                : null;
    }

    private ModelMetadata.@Nullable Tensor input(String name) {
        for (ModelMetadata.Tensor input : model.inputs()) {
            if (input.name().equals(name)) {
                return input;
            }
        }
        return null;
    }

    private static ServingException notNested(JsonParser json) throws IOException {
        json.skipChildren();
        return internal(
                "Expected JSON object for keyword: 'parameters': attempt to access JSON non-object as object");
    }

    private @Nullable ServingException id(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            json.skipChildren();
            return JsonFailures.wrongType("id", "non-string as string");
        }
        id = json.getText();
        return null;
    }

    private static ServingException wrongParameter(String name, boolean nested) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "%sparameter '%s' has invalid type. It should be either 'int', 'bool', or 'string'."
                        .formatted(nested ? "Converting keyword: 'parameters': " : "", name));
    }

    // --- inputs

    /// Marks where an input's values stand: a value, or an array of them.
    private @Nullable ServingException values(
            JsonParser json, ModelMetadata.Tensor input, JsonToken value)
            throws IOException, ServingException {
        int begin = offset(json.currentTokenLocation().getByteOffset());
        int array;
        long count;
        if (value == JsonToken.START_ARRAY) {
            count = elements(json);
            int end = offset(json.currentTokenLocation().getByteOffset());
            array = arrays.mark(begin + 1, end);
        } else {
            count = 1;
            array = arrays.mark(begin, end(json, value, begin));
        }
        long[] shape = shape(input.shape(), count);
        if (shape == null) {
            return new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The schema can not convert input '%s' to tensor with proper shape"
                            .formatted(input.name()));
        }
        inputs.add(new InferHeader.Input(input.name(), input.datatype().name(), shape, -1, array));
        return null;
    }

    private static long elements(JsonParser json) throws IOException {
        long count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            json.skipChildren();
            count++;
        }
        return count;
    }

    /// The offset behind a value that is no array.
    private int end(JsonParser json, JsonToken value, int begin)
            throws IOException, ServingException {
        if (value == JsonToken.VALUE_STRING) {
            return DataArrays.stringEnd(text, length, begin) + 1;
        }
        json.skipChildren();
        return offset(json.currentLocation().getByteOffset());
    }

    /// Offsets are unknown in a text that is no UTF-8.
    private int offset(long known) throws ServingException {
        if (known < 0 || known > length) {
            throw JsonFailures.syntax("The document is not in UTF-8.", 0);
        }
        return (int) known;
    }

    /// The shape of an input with so many elements: the last of the dimensions that vary takes what is there, the
    /// others are 1. Null where that does not come out even.
    private static long @Nullable [] shape(List<Long> described, long count) {
        long[] shape = new long[described.size()];
        long fixed = 1;
        int last = -1;
        for (int axis = 0; axis < shape.length; axis++) {
            long dimension = described.get(axis);
            if (dimension < 0) {
                last = axis;
                shape[axis] = 1;
            } else {
                shape[axis] = dimension;
                if (dimension > 0 && fixed > count / dimension && count > 0) {
                    return null;
                }
                fixed *= dimension;
            }
        }
        if (last < 0) {
            return fixed == count ? shape : null;
        }
        if (fixed == 0 || count % fixed != 0) {
            return null;
        }
        shape[last] = count / fixed;
        return shape;
    }

    private static ServingException internal(String text) {
        return new ServingException(ErrorCode.INTERNAL, text);
    }
}
