package dev.espalier.server.execution;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An answer that lies where its worker wrote it. It takes up bytes and nothing else, however slowly it is read:
/// its execution is over. When the last of those who read it has released it, the worker may use its memory again.
///
/// It outlives its worker. Safe for use by several threads.
public final class Answer {
    private final OutMemory memory;
    private final int loop;
    private final int block;
    private final int lease;
    private final long bytes;
    private final AtomicInteger readers;
    private final @Nullable AtomicInteger unread;

    /// @param loop the number of the loop that tells the worker of the release
    /// @param block the block of OUT where its frame lies
    /// @param lease by which it has its memory
    /// @param bytes what it takes up
    /// @param readers how many will release it
    /// @param unread counts the request's unread answers, this one included; null where there is but one
    Answer(
            OutMemory memory,
            int loop,
            int block,
            int lease,
            long bytes,
            int readers,
            @Nullable AtomicInteger unread) {
        this.memory = memory;
        this.loop = loop;
        this.block = block;
        this.lease = lease;
        this.bytes = bytes;
        this.readers = new AtomicInteger(readers);
        this.unread = unread;
    }

    /// Counts it, before any of its readers sees it.
    void begin() {
        memory.take(bytes);
        if (unread != null) {
            unread.incrementAndGet();
        }
    }

    /// One of the readers has read its part, or never will.
    public void release() {
        int left = readers.decrementAndGet();
        if (left == 0) {
            if (unread != null) {
                unread.decrementAndGet();
            }
            memory.release(loop, block, lease);
            memory.give(bytes);
        } else if (left < 0) {
            throw new IllegalStateException("an answer was released twice");
        }
    }
}
