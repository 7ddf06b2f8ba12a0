package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/// Where an event loop of the server finds the executions that one worker has finished for it. Used by
/// that loop only.
///
/// A loop sleeps in three steps: [#beginSleep] on all its rings, then [#hasNext] on all, and only if
/// none has, the wait for its doorbell; [#endSleep] afterwards.
public final class CompletionRing {
    private final MemorySegment in;
    private final MemorySegment out;
    private final int loop;
    private int sequence;
    private int slot;
    private int generation;
    private int block;
    private int lease;
    private int frameLength;
    private int member;
    private int words;
    private int number;

    public CompletionRing(SharedRegion in, SharedRegion out, int loop) {
        this.in = in.memory();
        this.out = out.memory();
        this.loop = loop;
    }

    /// Whether there is something to take.
    public boolean hasNext() {
        return (int) LinkLayout.INT.getAcquire(out, LinkLayout.completion(loop, sequence))
                == sequence + 1;
    }

    /// Takes the next completion, if there is one. What it says is the worker's word: the caller checks
    /// slot and generation against its own table, and the rest against what the execution may answer.
    public boolean poll() {
        if (!hasNext()) {
            return false;
        }
        long entry = LinkLayout.completion(loop, sequence);
        slot = out.get(JAVA_INT, entry + 4);
        generation = out.get(JAVA_INT, entry + 8);
        block = out.get(JAVA_INT, entry + 12);
        lease = out.get(JAVA_INT, entry + 16);
        frameLength = out.get(JAVA_INT, entry + 20);
        member = out.get(JAVA_SHORT, entry + 24);
        words = out.get(JAVA_SHORT, entry + 26);
        number = out.get(JAVA_INT, entry + 28);
        sequence++;
        return true;
    }

    /// Tells the worker how far the ring has been read.
    public void tellTaken() {
        LinkLayout.INT.setRelease(in, LinkLayout.completionsTaken(loop), sequence);
    }

    /// Makes the next worker on the same IN begin at the ring's beginning. Before that worker completes anything.
    public static void clear(SharedRegion in, int loop) {
        LinkLayout.INT.setRelease(in.memory(), LinkLayout.completionsTaken(loop), 0);
    }

    /// Says that the loop is about to sleep, before it looks a last time.
    public void beginSleep() {
        long word = LinkLayout.loopSleep(loop);
        LinkLayout.INT.setVolatile(in, word, (in.get(JAVA_INT, word) | 1));
    }

    /// Says that the loop is awake and need not be rung.
    public void endSleep() {
        long word = LinkLayout.loopSleep(loop);
        LinkLayout.INT.setRelease(in, word, (in.get(JAVA_INT, word) | 1) + 1);
    }

    public int slot() {
        return slot;
    }

    public int generation() {
        return generation;
    }

    /// Where the answer's frame lies; [LinkLayout#NO_BLOCK] where there was no room for one.
    public int block() {
        return block;
    }

    /// By which the answer has its memory.
    public int lease() {
        return lease;
    }

    public int frameLength() {
        return frameLength;
    }

    /// The request of the execution that the answer is for; [LinkLayout#ALL_MEMBERS] for all of them.
    public int member() {
        return member;
    }

    /// The answer's number among those of its request, from 0 on; the call's among those of its worker.
    public int number() {
        return number;
    }

    /// Whether it is the last word of its request, or of all.
    public boolean isLast() {
        return (words & CompletionWriter.LAST) != 0;
    }

    /// Whether it brings no answer.
    public boolean isEmpty() {
        return (words & CompletionWriter.EMPTY) != 0;
    }

    /// Whether it says that the instance goes on to the next execution, and nothing else.
    public boolean isReturn() {
        return (words & CompletionWriter.RETURN) != 0;
    }

    /// Whether it says something of a call, and nothing else.
    public boolean isCall() {
        return (words & CompletionWriter.CALL) != 0;
    }
}
