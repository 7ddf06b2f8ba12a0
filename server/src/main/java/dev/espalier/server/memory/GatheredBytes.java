package dev.espalier.server.memory;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Bytes of a request that are kept on the heap until all of them are there. They grow with what arrives,
/// not with what is announced, and count in a budget once they are many. Must be closed.
public final class GatheredBytes implements AutoCloseable {
    private static final int FIRST = 512;
    private static final int COUNTED_FROM = 64 << 10;
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 16;

    private final ByteBudget heap;
    private byte[] bytes = {};
    private int length;

    public GatheredBytes(ByteBudget heap) {
        this.heap = heap;
    }

    public void add(byte value) throws ServingException {
        reserve(1);
        bytes[length++] = value;
    }

    /// Adds what `from` has left.
    ///
    /// @throws ServingException when there is no room for it; then nothing has changed
    public void add(ByteBuffer from) throws ServingException {
        int count = from.remaining();
        reserve(count);
        from.get(bytes, length, count);
        length += count;
    }

    private void reserve(int count) throws ServingException {
        if (count <= bytes.length - length) {
            return;
        }
        long needed = (long) length + count;
        long most = Math.min(LONGEST_ARRAY, heap.limit());
        if (needed > most) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the request has more than %d bytes that are no binary tensors (expected: at most so many; send large tensors in binary form)"
                            .formatted(most));
        }
        long size = Math.clamp(2L * bytes.length, FIRST, LONGEST_ARRAY);
        int larger = (int) Math.max(size, needed);
        heap.take(counted(larger));
        byte[] old = bytes;
        bytes = Arrays.copyOf(old, larger);
        heap.give(counted(old.length));
    }

    private static long counted(int size) {
        return size < COUNTED_FROM ? 0 : size;
    }

    /// Forgets everything behind the first `newLength` bytes.
    public void truncate(int newLength) {
        length = newLength;
    }

    /// The bytes, and room for more behind them.
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /// Forgets all.
    @Override
    public void close() {
        heap.give(counted(bytes.length));
        bytes = new byte[0];
        length = 0;
    }
}
