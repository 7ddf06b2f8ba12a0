package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// The worker's end of the [CompletionRing]s of all loops. Safe for use by several threads: instances
/// finish at the same time.
public final class CompletionWriter {
    /// Counters this far apart share no cache line.
    private static final int STRIDE = 32;

    /// The word of a completion that is its request's last.
    public static final int LAST = 1;

    /// The word of one that brings no answer.
    public static final int EMPTY = 2;

    /// The word of the one by which the instance goes on to the next execution.
    public static final int RETURN = 4;

    /// The word of one by which a request calls another model of the server; its block has the call ([CallTexts]). With
    /// [#EMPTY]: the call is over for the worker, whatever has become of it.
    public static final int CALL = 8;

    /// How many may go in beside those that come one a slot.
    private static final int SHARED_ROOM = LinkLayout.RING_CAPACITY - LinkLayout.SLOTS;

    private static final long ROOM_NANOS = 50_000;

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
        put(
                claimed.getAndIncrement(loop * STRIDE),
                loop,
                slot,
                generation,
                block,
                lease,
                frameLength,
                LinkLayout.ALL_MEMBERS,
                LAST,
                0);
    }

    /// Tells `loop` of something else about an execution: of one answer of one of its requests, its last word, or that the
    /// instance has returned. Waits while the loop is behind, which is never for long.
    ///
    /// @param member the request that it is for; [LinkLayout#ALL_MEMBERS] for all
    /// @param words [#LAST], [#EMPTY], [#RETURN], [#CALL]
    /// @param number which of the request's answers it is, from 0 on; or which of the worker's calls
    public void tell(
            int loop,
            int slot,
            int generation,
            int block,
            int lease,
            int frameLength,
            int member,
            int words,
            int number) {
        int sequence = claimed.get(loop * STRIDE);
        while (true) {
            int taken = (int) LinkLayout.INT.getAcquire(in, LinkLayout.completionsTaken(loop));
            if (sequence - taken >= SHARED_ROOM) {
                ring(1 << loop);
                LockSupport.parkNanos(this, ROOM_NANOS);
                sequence = claimed.get(loop * STRIDE);
                continue;
            }
            int witness = claimed.compareAndExchange(loop * STRIDE, sequence, sequence + 1);
            if (witness == sequence) {
                break;
            }
            sequence = witness;
        }
        put(sequence, loop, slot, generation, block, lease, frameLength, member, words, number);
    }

    private void put(
            int sequence,
            int loop,
            int slot,
            int generation,
            int block,
            int lease,
            int frameLength,
            int member,
            int words,
            int number) {
        long entry = LinkLayout.completion(loop, sequence);
        out.set(JAVA_INT, entry + 4, slot);
        out.set(JAVA_INT, entry + 8, generation);
        out.set(JAVA_INT, entry + 12, block);
        out.set(JAVA_INT, entry + 16, lease);
        out.set(JAVA_INT, entry + 20, frameLength);
        out.set(JAVA_SHORT, entry + 24, (short) member);
        out.set(JAVA_SHORT, entry + 26, (short) words);
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
