package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// The way of executions to one model instance: a ring in IN with one writer at a time and one reader.
/// This is the server's end.
///
/// Not safe for use by several threads at once; the scheduler of the model holds its lock.
public final class RequestLane {
    private final MemorySegment in;
    private final MemorySegment out;
    private final int lane;
    private final Doorbells doorbells;
    private int sequence;
    private int rungFor;

    /// The lane number `lane`, empty.
    public RequestLane(SharedRegion in, SharedRegion out, int lane, Doorbells doorbells) {
        this.in = in.memory();
        this.out = out.memory();
        this.lane = lane;
        this.doorbells = doorbells;
    }

    /// Empties the lane number `lane` for the next worker on the same IN, which must not take what an
    /// earlier one has left for new. Before that worker attaches.
    public static void clear(SharedRegion in, int lane) {
        for (int i = 0; i < LinkLayout.LANE_CAPACITY; i++) {
            in.memory().set(JAVA_INT, LinkLayout.request(lane, i), 0);
        }
    }

    /// Hands an execution over whose frame is written.
    ///
    /// @param loopMask the loops that wait for its completion, one bit each
    public void publish(int slot, int generation, int frameLength, int loopMask) {
        long entry = LinkLayout.request(lane, sequence);
        in.set(JAVA_INT, entry + 4, slot);
        in.set(JAVA_INT, entry + 8, generation);
        in.set(JAVA_INT, entry + 12, frameLength);
        in.set(JAVA_INT, entry + 16, loopMask);
        sequence++;
        LinkLayout.INT.setRelease(in, entry, sequence);
    }

    /// Wakes the instance if it sleeps and nobody has woken it yet.
    public void ring() {
        VarHandle.fullFence();
        int sleep = (int) LinkLayout.INT.getAcquire(out, LinkLayout.laneSleep(lane));
        if ((sleep & 1) == 1 && sleep != rungFor) {
            rungFor = sleep;
            doorbells.ringLane(lane);
        }
    }
}
