package dev.espalier.server.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.espalier.protocol.ModelConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/// A configuration as JSON in the form that Triton gives it: field names as in `config.pbtxt`, scalars
/// and lists always there, messages only where they are set, and 64-bit integers as numbers (protobuf's
/// own JSON has them as strings).
public final class ConfigJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ConfigJson() {}

    public static String of(ModelConfig config) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            write(json, config);
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory", impossible);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Message message) throws IOException {
        json.writeStartObject();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated() || !field.hasPresence() || message.hasField(field)) {
                json.writeFieldName(field.getName());
                write(json, field, message.getField(field));
            }
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, FieldDescriptor field, Object value)
            throws IOException {
        if (field.isMapField()) {
            json.writeStartObject();
            for (Object element : (List<?>) value) {
                Message entry = (Message) element;
                FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
                FieldDescriptor content = entry.getDescriptorForType().findFieldByNumber(2);
                json.writeFieldName(String.valueOf(entry.getField(key)));
                writeOne(json, entry.getField(content));
            }
            json.writeEndObject();
        } else if (field.isRepeated()) {
            json.writeStartArray();
            for (Object element : (List<?>) value) {
                writeOne(json, element);
            }
            json.writeEndArray();
        } else {
            writeOne(json, value);
        }
    }

    private static void writeOne(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Message message -> write(json, message);
            case EnumValueDescriptor constant -> json.writeString(constant.getName());
            case ByteString bytes -> json.writeBinary(bytes.toByteArray());
            case String text -> json.writeString(text);
            case Boolean bool -> json.writeBoolean(bool);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Float number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            default -> throw new IllegalStateException("a value of type " + value.getClass());
        }
    }
}
