package dev.espalier.link;

import java.lang.foreign.MemorySegment;

/// A futex in IN for each lane, and an eventfd for each loop ([Doorbell]).
final class KernelDoorbells implements Doorbells {
    /// How long a sleeper trusts that it will be rung.
    private static final long NAP = LinuxCalls.timespec(1_000_000_000L);

    private final MemorySegment in;
    private final int[] eventfds;

    /// @param eventfds the loops', by loop; the server needs none
    KernelDoorbells(SharedRegion in, int[] eventfds) {
        this.in = in.memory();
        this.eventfds = eventfds;
    }

    @Override
    public void ringLane(int lane) {
        int _ = (int) LinkLayout.INT.getAndAdd(in, LinkLayout.bell(lane), 1);
        LinuxCalls.futexWake(in.address() + LinkLayout.bell(lane));
    }

    @Override
    public int beginSleep(int lane) {
        return (int) LinkLayout.INT.getAcquire(in, LinkLayout.bell(lane));
    }

    @Override
    public void sleep(int lane, int begun) {
        LinuxCalls.futexWait(in.address() + LinkLayout.bell(lane), begun, NAP);
    }

    /// The word is the server's to write; the kernel wakes sleepers on it for anybody who may read it.
    @Override
    public void rouse(int lane) {
        LinuxCalls.futexWake(in.address() + LinkLayout.bell(lane));
    }

    @Override
    public void ringLoop(int loop) {
        LinuxCalls.signal(eventfds[loop]);
    }
}
