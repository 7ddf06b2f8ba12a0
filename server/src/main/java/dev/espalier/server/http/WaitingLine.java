package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/// What has arrived over a connection and waits for the request before it: at most what is read at once, but a client
/// can send tens of thousands of requests in that. Used by the connection's event loop only.
final class WaitingLine {
    /// What an object for a request takes up, and one for a header of it.
    private static final long REQUEST = 1000;

    private static final long HEADER = 200;

    private final BudgetShare heap;
    private final Queue<Object> messages = new ArrayDeque<>(4);
    private long counted;

    WaitingLine(BudgetShare heap) {
        this.heap = heap;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /// Has a message wait, whose buffer is the line's from now on.
    ///
    /// @return whether there is room for it; its connection cannot say so, because other answers are due first
    boolean add(Object message) {
        long size = size(message);
        try {
            heap.take(size);
        } catch (ServingException full) {
            ReferenceCountUtil.release(message);
            return false;
        }
        counted += size;
        messages.add(message);
        return true;
    }

    Object remove() {
        Object message = messages.remove();
        long size = size(message);
        heap.give(size);
        counted -= size;
        return message;
    }

    private static long size(Object message) {
        return message instanceof HttpRequest request
                ? REQUEST + HEADER * request.headers().size()
                : 0;
    }

    /// Forgets them all.
    void release() {
        messages.forEach(ReferenceCountUtil::release);
        messages.clear();
        heap.give(counted);
        counted = 0;
    }
}
