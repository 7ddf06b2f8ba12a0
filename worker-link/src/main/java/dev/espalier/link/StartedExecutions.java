package dev.espalier.link;

import java.lang.foreign.MemorySegment;

/// Which executions the worker has begun to run: per slot, the generation of the last one. Written by the worker
/// for whoever looks after a crash, or at how long it takes.
public final class StartedExecutions {
    private final MemorySegment out;

    public StartedExecutions(SharedRegion out) {
        this.out = out.memory();
    }

    /// Says that the execution of this generation is being run.
    public void put(int slot, int generation) {
        LinkLayout.INT.setRelease(out, LinkLayout.started(slot), generation);
    }

    /// Whether the worker has begun to run the execution of this generation in `slot`; it may have finished it since.
    public boolean isStarted(int slot, int generation) {
        return (int) LinkLayout.INT.getAcquire(out, LinkLayout.started(slot)) == generation;
    }
}
