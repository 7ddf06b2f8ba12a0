package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// Which requests of the executions in flight nobody waits for any more: per slot, the generation of an execution and a
/// bit for each of its requests. Written by the server while that execution has the slot, looked at by the worker when it
/// likes.
public final class CancelWords {
    private static final int BITS = 8;
    private static final int BIT_WORDS = LinkLayout.MAX_MEMBERS / Integer.SIZE;

    private final MemorySegment in;

    public CancelWords(SharedRegion in) {
        this.in = in.memory();
    }

    /// Cancels a request of the execution of this generation, which has the slot until this returns. One thread a slot at a
    /// time.
    public void cancel(int slot, int generation, int member) {
        long words = LinkLayout.cancelled(slot);
        if (in.get(JAVA_INT, words) != generation) {
            // Nobody looks at them before the generation is theirs.
            for (int i = 0; i < BIT_WORDS; i++) {
                in.set(JAVA_INT, words + BITS + 4L * i, 0);
            }
        }
        long word = word(slot, member);
        LinkLayout.INT.setRelease(in, word, in.get(JAVA_INT, word) | bit(member));
        LinkLayout.INT.setRelease(in, words, generation);
    }

    /// Whether the request has been cancelled; its execution has the slot.
    public boolean isCancelled(int slot, int generation, int member) {
        return (int) LinkLayout.INT.getAcquire(in, LinkLayout.cancelled(slot)) == generation
                && ((int) LinkLayout.INT.getAcquire(in, word(slot, member)) & bit(member)) != 0;
    }

    private static long word(int slot, int member) {
        return LinkLayout.cancelled(slot) + BITS + 4L * (member / Integer.SIZE);
    }

    private static int bit(int member) {
        return 1 << member % Integer.SIZE;
    }
}
