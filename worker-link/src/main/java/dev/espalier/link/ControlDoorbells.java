package dev.espalier.link;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Rings through the [PortableControlSocket], whose reader wakes the thread that sleeps: a wake-up costs
/// four bytes on a socket and one more change of threads than the kernel's own means.
///
/// Each sleeper is rung once a sleep, so the bytes that wait in the socket are few, and whoever rings does
/// not wait for the peer.
final class ControlDoorbells implements Doorbells {
    /// How long a sleeper trusts that it will be rung.
    private static final long NAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PortableControlSocket socket;
    private final AtomicReferenceArray<@Nullable Thread> sleepers =
            new AtomicReferenceArray<>(LinkLayout.MAX_LANES);

    ControlDoorbells(PortableControlSocket socket) {
        this.socket = socket;
    }

    @Override
    public void ringLane(int lane) {
        socket.ring(lane);
    }

    @Override
    public int beginSleep(int lane) {
        sleepers.set(lane, Thread.currentThread());
        return 0;
    }

    /// A ring between the two leaves a permit, with which the thread does not sleep at all.
    @Override
    public void sleep(int lane, int begun) {
        LockSupport.parkNanos(this, NAP_NANOS);
    }

    @Override
    public void rouse(int lane) {
        wakeLane(lane);
    }

    @Override
    public void ringLoop(int loop) {
        socket.ring(loop);
    }

    /// The server has rung this lane, or its thread shall end.
    void wakeLane(int lane) {
        LockSupport.unpark(sleepers.get(lane));
    }
}
