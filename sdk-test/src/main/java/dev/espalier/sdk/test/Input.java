package dev.espalier.sdk.test;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// An input of a request: a name, a type, a shape with its batch dimension, and the elements in the protocol's binary
/// form.
public final class Input {
    private final String name;
    private final DataType type;
    private final long[] shape;
    private final byte[] content;

    private Input(String name, DataType type, long[] shape, byte[] content) {
        this.name = name;
        this.type = type;
        this.shape = shape.clone();
        this.content = content;
    }

    /// One of any type.
    ///
    /// @param content its elements, little-endian; BYTES elements each with a 4-byte length before it
    /// @throws IllegalArgumentException when the shape has another size
    public static Input of(String name, DataType type, byte[] content, long... shape) {
        long expected = Shape.elementCount(shape) * type.elementSize();
        if (type.isFixedSize() && expected != content.length) {
            throw new IllegalArgumentException(
                    "input '%s': content of %d bytes (expected: %d, as %s of %s has)"
                            .formatted(name, content.length, expected, Shape.text(shape), type));
        }
        return new Input(name, type, shape, content.clone());
    }

    /// One of FP32.
    public static Input of(String name, float[] elements, long... shape) {
        return of(name, DataType.FP32, bytes(MemorySegment.ofArray(elements)), shape);
    }

    /// One of FP64.
    public static Input of(String name, double[] elements, long... shape) {
        return of(name, DataType.FP64, bytes(MemorySegment.ofArray(elements)), shape);
    }

    /// One of INT32.
    public static Input of(String name, int[] elements, long... shape) {
        return of(name, DataType.INT32, bytes(MemorySegment.ofArray(elements)), shape);
    }

    /// One of INT64.
    public static Input of(String name, long[] elements, long... shape) {
        return of(name, DataType.INT64, bytes(MemorySegment.ofArray(elements)), shape);
    }

    /// One of BYTES, whose elements are texts in UTF-8.
    public static Input of(String name, List<String> elements, long... shape) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] length = new byte[Integer.BYTES];
        for (String element : elements) {
            byte[] text = element.getBytes(StandardCharsets.UTF_8);
            MemorySegment.ofArray(length).set(ValueLayout.JAVA_INT_UNALIGNED, 0, text.length);
            content.writeBytes(length);
            content.writeBytes(text);
        }
        if (elements.size() != Shape.elementCount(shape)) {
            throw new IllegalArgumentException(
                    "input '%s': %d elements (expected: %d, as %s has)"
                            .formatted(
                                    name,
                                    elements.size(),
                                    Shape.elementCount(shape),
                                    Shape.text(shape)));
        }
        return of(name, DataType.BYTES, content.toByteArray(), shape);
    }

    private static byte[] bytes(MemorySegment elements) {
        return elements.toArray(ValueLayout.JAVA_BYTE);
    }

    String name() {
        return name;
    }

    DataType type() {
        return type;
    }

    long[] shape() {
        return shape.clone();
    }

    byte[] content() {
        return content;
    }

    /// As messages show it.
    @Override
    public String toString() {
        return "%s %s%s".formatted(name, type, Arrays.toString(shape));
    }
}
