package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/// By which the server gives answers' memory back to the worker, one a loop. This is the server's end.
///
/// The worker looks into it before it takes memory and ten times a second, so nobody is woken. What does not fit
/// waits here.
///
/// Safe for use by several threads: nearly always its own loop.
public final class ReleaseRing {
    /// As many answers as a worker can be behind with; one that takes none back is no worker of ours.
    private static final int MOST_WAITING = 1 << 18;

    private final MemorySegment in;
    private final MemorySegment out;
    private final int loop;

    private final Deque<Long> waiting = new ArrayDeque<>();
    private int sequence;
    private boolean closed;

    public ReleaseRing(SharedRegion in, SharedRegion out, int loop) {
        this.in = in.memory();
        this.out = out.memory();
        this.loop = loop;
    }

    /// Empties the ring of a loop for the next worker on the same IN, which must not take an earlier one's
    /// leases for its own. Before that worker looks into it.
    public static void clear(SharedRegion in, int loop) {
        for (int i = 0; i < LinkLayout.RELEASES_CAPACITY; i++) {
            in.memory().set(JAVA_INT, LinkLayout.release(loop, i), 0);
        }
    }

    /// Says that nobody reads the answer any more that has `block` by this lease.
    ///
    /// @return false when the worker is too far behind, and is not told
    public synchronized boolean release(int block, int lease) {
        if (closed) {
            return true;
        }
        flush();
        if (waiting.isEmpty() && hasRoom()) {
            put(block, lease);
            return true;
        }
        if (waiting.size() == MOST_WAITING) {
            return false;
        }
        waiting.add((long) block << 32 | Integer.toUnsignedLong(lease));
        return true;
    }

    /// Puts in what waits, as far as there is room by now.
    public synchronized void flush() {
        while (!closed && !waiting.isEmpty() && hasRoom()) {
            long next = waiting.remove();
            put((int) (next >>> 32), (int) next);
        }
    }

    /// What the worker says that it has taken is its own word: a wrong one makes its own memory run out.
    private boolean hasRoom() {
        int taken = (int) LinkLayout.INT.getAcquire(out, LinkLayout.releasesTaken(loop));
        int untaken = sequence - taken;
        return untaken >= 0 && untaken < LinkLayout.RELEASES_CAPACITY;
    }

    private void put(int block, int lease) {
        long entry = LinkLayout.release(loop, sequence);
        in.set(JAVA_INT, entry + 4, block);
        in.set(JAVA_INT, entry + 8, lease);
        sequence++;
        LinkLayout.INT.setRelease(in, entry, sequence);
    }

    /// The worker is gone: its leases are void, and the ring belongs to the next one.
    public synchronized void close() {
        closed = true;
        waiting.clear();
    }
}
