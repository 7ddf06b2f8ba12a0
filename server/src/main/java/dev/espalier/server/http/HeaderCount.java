package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/// What a header takes up on the heap whose end has not come: lines of five bytes become objects of two hundred. One
/// that comes at once costs nothing here. Used by the connection's event loop only.
final class HeaderCount {
    /// What is not worth counting.
    private static final int FREE = 4096;

    /// What the objects for a line take up.
    private static final long LINE = 200;

    /// Of each byte.
    private static final long COPIES = 2;

    private final BudgetShare heap;
    private long bytes;
    private long lines;
    private long counted;

    HeaderCount(BudgetShare heap) {
        this.heap = heap;
    }

    /// Some more of it has come.
    ///
    /// @throws ServingException when there is no room for it
    void add(ByteBuf in, int from, int length) throws ServingException {
        bytes += length;
        lines += lines(in, from, length);
        long wanted = COPIES * bytes + LINE * lines;
        if (wanted - counted > FREE) {
            heap.take(wanted - counted);
            counted = wanted;
        }
    }

    private static int lines(ByteBuf in, int from, int length) {
        int count = 0;
        int at = from;
        int end = from + length;
        while (at < end) {
            int found = in.forEachByte(at, end - at, ByteProcessor.FIND_LF);
            if (found < 0) {
                break;
            }
            count++;
            at = found + 1;
        }
        return count;
    }

    /// It is complete, or nobody waits for it any more.
    void end() {
        heap.give(counted);
        bytes = 0;
        lines = 0;
        counted = 0;
    }
}
