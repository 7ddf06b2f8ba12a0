package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Bytes that are kept until all of them are there. It grows with what arrives, not with what is
/// announced.
final class GatheredBytes {
    private static final int FIRST = 256;
    private static final int MOST = 256 << 20;

    private byte[] bytes = new byte[0];
    private int length;

    void add(byte value) throws ServingException {
        reserve(1);
        bytes[length++] = value;
    }

    /// Adds what `from` has left.
    void add(ByteBuffer from) throws ServingException {
        int count = from.remaining();
        reserve(count);
        from.get(bytes, length, count);
        length += count;
    }

    private void reserve(int count) throws ServingException {
        if (count > MOST - length) {
            throw Failures.invalid(
                    "the request has more than %d bytes outside 'raw_input_contents', or in a BYTES tensor that another one follows (expected: at most so many)"
                            .formatted(MOST));
        }
        if (count > bytes.length - length) {
            int doubled = (int) Math.min(2L * bytes.length, MOST);
            bytes = Arrays.copyOf(bytes, Math.max(Math.max(FIRST, doubled), length + count));
        }
    }

    /// Forgets everything behind the first `newLength` bytes.
    void truncate(int newLength) {
        length = newLength;
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }
}
