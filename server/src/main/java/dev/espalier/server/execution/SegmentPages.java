package dev.espalier.server.execution;

import dev.espalier.link.LinkException;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;

/// Which pages of a segment exist, in chunks. They are made when somebody is about to write them, and count in
/// the budget from then on, until the segment goes.
///
/// Safe for use by several threads.
final class SegmentPages {
    static final int CHUNK = 256 << 10;

    /// Chunks that are made at a time: nobody waits longer for the lock than for these.
    private static final int AT_A_TIME = 4;

    private static final Logger LOG = System.getLogger(SegmentPages.class.getName());

    private final SharedRegion region;
    private final ByteBudget budget;
    private final boolean counted;

    /// A bit a chunk. Written under `making`.
    private final AtomicLongArray there;

    private final AtomicLong bytes = new AtomicLong();
    private final ReentrantLock making = new ReentrantLock();

    /// @param counted whether pages count in the budget
    SegmentPages(SharedRegion region, ByteBudget budget, boolean counted) {
        this.region = region;
        this.budget = budget;
        this.counted = counted;
        int chunks = Math.toIntExact((region.size() + CHUNK - 1) / CHUNK);
        there = new AtomicLongArray((chunks + Long.SIZE - 1) / Long.SIZE);
    }

    /// What the pages take up that have been made.
    long bytes() {
        return bytes.get();
    }

    /// Whether all pages of a range exist. Takes no lock.
    boolean areThere(long offset, long length) {
        int last = chunk(offset + length - 1);
        for (int chunk = chunk(offset); chunk <= last; chunk++) {
            if (!isThere(chunk)) {
                return false;
            }
        }
        return true;
    }

    /// Makes the pages of a range that do not exist yet. That takes some 50 us a chunk.
    ///
    /// @throws ServingException OVERLOADED when the budget or the machine has no more
    void make(long offset, long length) throws ServingException {
        int end = chunk(offset + length - 1) + 1;
        for (int chunk = chunk(offset); chunk < end; chunk++) {
            if (!isThere(chunk)) {
                int run = chunk + 1;
                while (run < Math.min(end, chunk + AT_A_TIME) && !isThere(run)) {
                    run++;
                }
                makeSome(chunk, run);
                chunk = run - 1;
            }
        }
    }

    private void makeSome(int first, int end) throws ServingException {
        long size = counted ? end(end - 1) - begin(first) : 0;
        budget.take(size);
        long before = 0;
        long after = 0;
        making.lock();
        try {
            before = bytes();
            for (int chunk = first; chunk < end; chunk++) {
                if (!isThere(chunk)) {
                    int run = chunk + 1;
                    while (run < end && !isThere(run)) {
                        run++;
                    }
                    reserve(chunk, run);
                    chunk = run - 1;
                }
            }
        } catch (LinkException failure) {
            LOG.log(Level.WARNING, "no more request memory: {0}", failure.getMessage());
            throw budget.refusal(end(end - 1) - begin(first));
        } finally {
            after = bytes();
            making.unlock();
            budget.give(counted ? size - (after - before) : 0);
        }
    }

    private void reserve(int first, int end) throws LinkException {
        long size = end(end - 1) - begin(first);
        region.reserve(begin(first), size);
        for (int chunk = first; chunk < end; chunk++) {
            int word = chunk / Long.SIZE;
            there.set(word, there.get(word) | 1L << chunk);
        }
        bytes.addAndGet(size);
    }

    private boolean isThere(int chunk) {
        return (there.get(chunk / Long.SIZE) & 1L << chunk) != 0;
    }

    private static int chunk(long offset) {
        return (int) (offset / CHUNK);
    }

    private static long begin(int chunk) {
        return (long) chunk * CHUNK;
    }

    private long end(int chunk) {
        return Math.min(region.size(), begin(chunk + 1));
    }
}
