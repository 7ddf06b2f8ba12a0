package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// The worker's end of the [CompletionRing]s of all loops. Safe for use by several threads: instances
/// finish at the same time.
public final class CompletionWriter {
    /// Counters this far apart share no cache line.
    private static final int STRIDE = 32;

    private static final short LAST = 1;

    private final MemorySegment in;
    private final MemorySegment out;
    private final Doorbells doorbells;
    private final int loops;
    private final AtomicIntegerArray claimed;
    private final AtomicIntegerArray rungFor;

    /// @param loops how many loops there are
    public CompletionWriter(SharedRegion in, SharedRegion out, int loops, Doorbells doorbells) {
        this.in = in.memory();
        this.out = out.memory();
        this.doorbells = doorbells;
        this.loops = loops;
        this.claimed = new AtomicIntegerArray(loops * STRIDE);
        this.rungFor = new AtomicIntegerArray(loops * STRIDE);
    }

    /// Tells `loop` of the only answer of an execution, for all its requests, whose frame is written.
    ///
    /// @param block where its frame lies; [LinkLayout#NO_BLOCK] where there was no room for one
    /// @param lease by which the answer has its memory
    public void complete(
            int loop, int slot, int generation, int block, int lease, int frameLength) {
        complete(
                loop, slot, generation, block, lease, frameLength, LinkLayout.ALL_MEMBERS, 0, true);
    }

    /// Tells `loop` of one answer of an execution.
    ///
    /// @param member the request that it is for; [LinkLayout#ALL_MEMBERS] for all
    /// @param number which of the execution's answers it is, from 0 on
    /// @param last whether the execution is over, so that its slot is free
    public void complete(
            int loop,
            int slot,
            int generation,
            int block,
            int lease,
            int frameLength,
            int member,
            int number,
            boolean last) {
        int sequence = claimed.getAndIncrement(loop * STRIDE);
        long entry = LinkLayout.completion(loop, sequence);
        out.set(JAVA_INT, entry + 4, slot);
        out.set(JAVA_INT, entry + 8, generation);
        out.set(JAVA_INT, entry + 12, block);
        out.set(JAVA_INT, entry + 16, lease);
        out.set(JAVA_INT, entry + 20, frameLength);
        out.set(JAVA_SHORT, entry + 24, (short) member);
        out.set(JAVA_SHORT, entry + 26, last ? LAST : 0);
        out.set(JAVA_INT, entry + 28, number);
        LinkLayout.INT.setRelease(out, entry, sequence + 1);
    }

    /// Wakes those of the loops in `loopMask` that sleep and that nobody has woken yet.
    public void ring(int loopMask) {
        VarHandle.fullFence();
        for (int mask = loopMask; mask != 0; mask &= mask - 1) {
            int loop = Integer.numberOfTrailingZeros(mask);
            int sleep = (int) LinkLayout.INT.getVolatile(in, LinkLayout.loopSleep(loop));
            int seen = rungFor.get(loop * STRIDE);
            if ((sleep & 1) == 1
                    && seen != sleep
                    && rungFor.compareAndSet(loop * STRIDE, seen, sleep)) {
                doorbells.ringLoop(loop);
            }
        }
    }

    /// How many loops there are.
    public int loops() {
        return loops;
    }
}
