package dev.espalier.client;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A tensor in the protocol's binary form.
///
/// @param bytes little-endian elements, row by row; strings each behind a 4-byte length
record TensorData(String name, DataType type, List<Long> shape, byte[] bytes) {
    TensorData {
        shape = List.copyOf(shape);
    }

    long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    String shapeText() {
        return Shape.text(dimensions());
    }

    /// Every element as text, as JSON writes it.
    ///
    /// @throws ClientException where bytes and shape do not fit together
    List<String> elements() throws ClientException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<String> elements = new ArrayList<>();
        while (in.remaining() >= Math.max(1, type.elementSize())) {
            elements.add(type == DataType.BYTES ? text(in) : number(in));
        }
        if (in.hasRemaining() || elements.size() != Shape.elementCount(dimensions())) {
            throw broken();
        }
        return elements;
    }

    private ClientException broken() {
        return new ClientException(
                "output '%s': %d bytes do not make a %s of shape %s"
                        .formatted(name, bytes.length, type, shapeText()));
    }

    private String text(ByteBuffer in) throws ClientException {
        if (in.remaining() < 4) {
            throw broken();
        }
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw broken();
        }
        byte[] text = new byte[length];
        in.get(text);
        return quoted(new String(text, StandardCharsets.UTF_8));
    }

    private String number(ByteBuffer in) {
        return switch (type) {
            case BOOL -> Boolean.toString(in.get() != 0);
            case UINT8 -> Integer.toString(Byte.toUnsignedInt(in.get()));
            case INT8 -> Byte.toString(in.get());
            case UINT16 -> Integer.toString(Short.toUnsignedInt(in.getShort()));
            case INT16 -> Short.toString(in.getShort());
            case UINT32 -> Integer.toUnsignedString(in.getInt());
            case INT32 -> Integer.toString(in.getInt());
            case UINT64 -> Long.toUnsignedString(in.getLong());
            case INT64 -> Long.toString(in.getLong());
            case FP16 -> Float.toString(Float.float16ToFloat(in.getShort()));
            case BF16 -> Float.toString(Float.intBitsToFloat(in.getShort() << 16));
            case FP32 -> Float.toString(in.getFloat());
            case FP64 -> Double.toString(in.getDouble());
            case BYTES -> throw new IllegalStateException("strings are read by text()");
        };
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
