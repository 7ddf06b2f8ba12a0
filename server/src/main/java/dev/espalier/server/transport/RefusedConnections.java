package dev.espalier.server.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Connections that the machine lets the server not take, or not watch. They come as fast as clients connect, so they
/// are counted, and told once a minute. Safe for use by several threads.
public final class RefusedConnections {
    private static final Logger LOG = System.getLogger(RefusedConnections.class.getName());
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Kind waits = new Kind();
    private final Kind closed = new Kind();
    private final LongSupplier clock;

    /// How many there were, and when that was last told.
    private static final class Kind {
        final AtomicLong count = new AtomicLong();
        final AtomicLong quietUntil = new AtomicLong();
    }

    public RefusedConnections() {
        this(System::nanoTime);
    }

    /// @param clock tells nanoseconds
    RefusedConnections(LongSupplier clock) {
        this.clock = clock;
        waits.quietUntil.set(clock.getAsLong());
        closed.quietUntil.set(clock.getAsLong());
    }

    /// The next connection to a port cannot be accepted, and waits in the kernel.
    void waiting(SocketAddress port, Throwable failure) {
        tell(
                waits,
                "connections to %s wait: %s (a higher limit of open files helps, see ulimit -n)"
                        .formatted(port, failure.getMessage()));
    }

    /// A connection that no loop can watch was closed.
    public void closed(Throwable failure) {
        tell(
                closed,
                "a connection was closed because it cannot be watched: %s (/proc/sys/fs/epoll/max_user_watches is for all processes of this user together)"
                        .formatted(failure.getMessage()));
    }

    private void tell(Kind kind, String what) {
        long count = kind.count.incrementAndGet();
        long now = clock.getAsLong();
        long until = kind.quietUntil.get();
        if (now - until >= 0 && kind.quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            LOG.log(Level.WARNING, "{0}; {1} times so far, told once a minute", what, count);
        }
    }

    /// How often none could be accepted.
    public long waited() {
        return waits.count.get();
    }

    /// How many were closed for want of a loop that can watch them.
    public long closed() {
        return closed.count.get();
    }
}
