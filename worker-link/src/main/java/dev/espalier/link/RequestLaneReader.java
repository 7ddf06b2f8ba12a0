package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// The worker's end of a [RequestLane]: where an instance's thread finds its next execution. Used by
/// that thread only, but for [#rouse].
public final class RequestLaneReader {
    private final MemorySegment in;
    private final MemorySegment out;
    private final int lane;
    private final Doorbells doorbells;
    private int sequence;
    private int slot;
    private int generation;
    private int frameLength;
    private int loopMask;

    public RequestLaneReader(SharedRegion in, SharedRegion out, int lane, Doorbells doorbells) {
        this.in = in.memory();
        this.out = out.memory();
        this.lane = lane;
        this.doorbells = doorbells;
    }

    /// Whether there is something to take.
    public boolean hasNext() {
        return (int) LinkLayout.INT.getAcquire(in, LinkLayout.request(lane, sequence))
                == sequence + 1;
    }

    /// Takes the next execution, if there is one.
    public boolean poll() {
        if (!hasNext()) {
            return false;
        }
        long entry = LinkLayout.request(lane, sequence);
        slot = in.get(JAVA_INT, entry + 4);
        generation = in.get(JAVA_INT, entry + 8);
        frameLength = in.get(JAVA_INT, entry + 12);
        loopMask = in.get(JAVA_INT, entry + 16);
        sequence++;
        return true;
    }

    /// Sleeps until there is something to take, or about a second.
    public void sleep() {
        int begun = doorbells.beginSleep(lane);
        long word = LinkLayout.laneSleep(lane);
        int epoch = out.get(JAVA_INT, word);
        LinkLayout.INT.setVolatile(out, word, epoch + 1);
        if (!hasNext()) {
            doorbells.sleep(lane, begun);
        }
        LinkLayout.INT.setVolatile(out, word, epoch + 2);
    }

    /// Ends a [#sleep]; misses one that is just beginning. By any thread.
    public void rouse() {
        doorbells.rouse(lane);
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

    /// The loops that wait for the execution's completion, one bit each.
    public int loopMask() {
        return loopMask;
    }
}
