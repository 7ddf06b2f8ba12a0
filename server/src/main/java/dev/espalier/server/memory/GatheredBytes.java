package dev.espalier.server.memory;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Bytes of a request that are kept on the heap until all of them are there. They grow with what arrives,
/// not with what is announced, and count in a budget once they are many. They lie in pieces, so that growing
/// never copies many of them on an event loop. Must be closed.
public final class GatheredBytes implements AutoCloseable {
    private static final int FIRST = 512;
    private static final int PIECE = 256 << 10;
    private static final int COUNTED_FROM = 64 << 10;
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 16;

    private final BudgetShare heap;

    /// Whole pieces, before `bytes`.
    private final List<byte[]> full = new ArrayList<>(0);

    private byte[] bytes = {};

    /// How much of `bytes` is filled.
    private int filled;

    public GatheredBytes(BudgetShare heap) {
        this.heap = heap;
    }

    public void add(byte value) throws ServingException {
        if (filled == bytes.length) {
            grow(1);
        }
        bytes[filled++] = value;
    }

    /// Adds what `from` has left.
    ///
    /// @throws ServingException when there is no room for all of it
    public void add(ByteBuffer from) throws ServingException {
        while (from.hasRemaining()) {
            if (filled == bytes.length) {
                grow(from.remaining());
            }
            int count = Math.min(from.remaining(), bytes.length - filled);
            from.get(bytes, filled, count);
            filled += count;
        }
    }

    /// Makes room for at least one more byte.
    private void grow(int wanted) throws ServingException {
        long most = Math.min(LONGEST_ARRAY, heap.limit());
        if ((long) length() + wanted > most) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the request has more than %d bytes that are no binary tensors (expected: at most so many; send large tensors in binary form)"
                            .formatted(most));
        }
        if (bytes.length == PIECE) {
            heap.take(PIECE);
            full.add(bytes);
            bytes = new byte[PIECE];
            filled = 0;
            return;
        }
        long needed = Math.max((long) filled + wanted, 2L * bytes.length);
        int larger = Math.clamp(needed, FIRST, PIECE);
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
        int last = full.size() * PIECE;
        while (newLength < last) {
            heap.give(counted(bytes.length));
            bytes = full.removeLast();
            last -= PIECE;
        }
        filled = newLength - last;
    }

    /// The bytes in one piece, and perhaps room for more behind them. Copies them where they are many.
    ///
    /// @throws ServingException when there is no room for the copy
    public byte[] array() throws ServingException {
        if (full.isEmpty()) {
            return bytes;
        }
        int length = length();
        heap.take(length);
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] piece : full) {
            System.arraycopy(piece, 0, whole, at, PIECE);
            at += PIECE;
        }
        System.arraycopy(bytes, 0, whole, at, filled);
        heap.give((long) full.size() * PIECE + counted(bytes.length));
        full.clear();
        bytes = whole;
        filled = length;
        return whole;
    }

    public int length() {
        return full.size() * PIECE + filled;
    }

    /// Forgets all.
    @Override
    public void close() {
        heap.give((long) full.size() * PIECE + counted(bytes.length));
        full.clear();
        bytes = new byte[0];
        filled = 0;
    }
}
