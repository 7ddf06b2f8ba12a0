package dev.espalier.worker;

import dev.espalier.link.LinkLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How much of one request's answers its client has not read yet, as far as the server has told. Safe for use by several
/// threads.
final class Unread {
    private final int mostAnswers;
    private final long mostBytes;
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /// @param in which says how much may be unread
    Unread(MemorySegment in) {
        mostAnswers = LinkLayout.unreadAnswers(in);
        mostBytes = LinkLayout.unreadBytes(in);
    }

    /// Whether one more answer may be sent.
    boolean hasRoom() {
        return answers.get() < mostAnswers && bytes.get() < mostBytes;
    }

    void add(long size) {
        answers.incrementAndGet();
        bytes.addAndGet(size);
    }

    void read(long size) {
        answers.decrementAndGet();
        bytes.addAndGet(-size);
    }

    int answers() {
        return answers.get();
    }
}
