package dev.espalier.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The binary form of BYTES tensors: per element a 4-byte little-endian length and that many bytes
/// (KServe v2, binary tensor data extension).
public final class ByteStrings {
    private static final int LENGTH_SIZE = 4;

    private ByteStrings() {}

    /// The number of elements that `data` holds, from its position to its limit.
    ///
    /// @return the number, or -1 when an element is longer than the data
    public static long count(ByteBuffer data) {
        ByteBuffer reader = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long count = 0;
        while (reader.hasRemaining()) {
            int next = next(reader);
            if (next < 0) {
                return -1;
            }
            reader.position(next);
            count++;
        }
        return count;
    }

    /// The number of bytes that the first `elements` elements of `data` take up.
    ///
    /// @return the number, or -1 when the data holds fewer
    public static int lengthOf(ByteBuffer data, long elements) {
        ByteBuffer reader = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < elements; i++) {
            int next = next(reader);
            if (next < 0) {
                return -1;
            }
            reader.position(next);
        }
        return reader.position() - data.position();
    }

    /// The position after the element at the reader's position, or -1 when it does not fit.
    private static int next(ByteBuffer reader) {
        if (reader.remaining() < LENGTH_SIZE) {
            return -1;
        }
        int length = reader.getInt(reader.position());
        if (length < 0 || length > reader.remaining() - LENGTH_SIZE) {
            return -1;
        }
        return reader.position() + LENGTH_SIZE + length;
    }
}
