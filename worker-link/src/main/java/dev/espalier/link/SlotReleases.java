package dev.espalier.link;

import java.lang.foreign.MemorySegment;

/// Which results the server has consumed: per slot, the last generation whose memory the worker may use
/// again. Written by the server, read by the worker.
public final class SlotReleases {
    private final MemorySegment in;

    public SlotReleases(SharedRegion in) {
        this.in = in.memory();
    }

    /// Gives the result's memory back to the worker.
    public void release(int slot, int generation) {
        LinkLayout.INT.setRelease(in, LinkLayout.released(slot), generation);
    }

    /// Whether the result of this generation has been given back.
    public boolean isReleased(int slot, int generation) {
        return (int) LinkLayout.INT.getAcquire(in, LinkLayout.released(slot)) == generation;
    }
}
