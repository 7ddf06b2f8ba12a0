package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;

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
    private int frameLength;

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
    /// slot and generation against its own table.
    public boolean poll() {
        if (!hasNext()) {
            return false;
        }
        long entry = LinkLayout.completion(loop, sequence);
        slot = out.get(JAVA_INT, entry + 4);
        generation = out.get(JAVA_INT, entry + 8);
        frameLength = out.get(JAVA_INT, entry + 12);
        sequence++;
        return true;
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

    public int frameLength() {
        return frameLength;
    }
}
