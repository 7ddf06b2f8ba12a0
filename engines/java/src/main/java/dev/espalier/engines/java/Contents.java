package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a model in Java says a tensor holds: whether that goes with the tensor's type and shape, and how it lies in memory.
/// Elements of BYTES have their length in 4 bytes before them, in the order of the machine.
final class Contents {
    private Contents() {}

    /// How many bytes a tensor has whose elements are of a fixed size.
    ///
    /// @param kind of tensor, for a message: input or output
    static long byteSize(String kind, String name, long count, DataType type) {
        try {
            return Math.multiplyExact(count, (long) type.elementSize());
        } catch (ArithmeticException _) {
            throw new IllegalArgumentException(
                    "%s '%s' of %d elements (expected: as many as fit into memory)"
                            .formatted(kind, name, count));
        }
    }

    /// @throws IllegalArgumentException where the bytes are not those of such a tensor
    static void check(
            String kind, String name, DataType type, long[] shape, MemorySegment content) {
        long count = Shape.elementCount(shape);
        if (type.isFixedSize() && byteSize(kind, name, count, type) != content.byteSize()) {
            throw new IllegalArgumentException(
                    "%s '%s': content of %d bytes (expected: %d, as %s of %s has)"
                            .formatted(
                                    kind,
                                    name,
                                    content.byteSize(),
                                    byteSize(kind, name, count, type),
                                    Shape.text(shape),
                                    type));
        }
        if (!type.isFixedSize() && !holds(content, count)) {
            throw new IllegalArgumentException(
                    "%s '%s': content of %d bytes is not that of %d elements (expected: each with a 4-byte length before it)"
                            .formatted(kind, name, content.byteSize(), count));
        }
    }

    private static boolean holds(MemorySegment content, long count) {
        long end = 0;
        for (long i = 0; i < count; i++) {
            if (content.byteSize() - end < Integer.BYTES) {
                return false;
            }
            end += Integer.BYTES + Integer.toUnsignedLong(content.get(JAVA_INT_UNALIGNED, end));
        }
        return end == content.byteSize();
    }

    /// @throws IllegalArgumentException where there are not as many elements as the shape has
    static void checkCount(String kind, String name, long[] shape, List<byte[]> elements) {
        if (elements.size() != Shape.elementCount(shape)) {
            throw new IllegalArgumentException(
                    "%s '%s': %d elements (expected: %d, as %s has)"
                            .formatted(
                                    kind,
                                    name,
                                    elements.size(),
                                    Shape.elementCount(shape),
                                    Shape.text(shape)));
        }
    }

    /// How many bytes a tensor of these elements has.
    static long byteSize(List<byte[]> elements) {
        long byteSize = 0;
        for (byte[] element : elements) {
            byteSize += Integer.BYTES + element.length;
        }
        return byteSize;
    }

    static void write(List<byte[]> elements, MemorySegment memory) {
        long at = 0;
        for (byte[] element : elements) {
            memory.set(JAVA_INT_UNALIGNED, at, element.length);
            MemorySegment.copy(element, 0, memory, JAVA_BYTE, at + Integer.BYTES, element.length);
            at += Integer.BYTES + element.length;
        }
    }

    static List<byte[]> utf8(List<String> elements) {
        return elements.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }
}
