package dev.espalier.server.grpc;

import dev.espalier.server.transport.EachSecond;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/// The client connections of one server: how many there are, and how they get on. Safe for use by several threads.
final class GrpcConnections {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();
    private final EachSecond<CallWatch> watched = new EachSecond<>(CallWatch::look);

    /// @param most how many there may be
    GrpcConnections(int most) {
        this.most = most;
    }

    /// A connection has come.
    ///
    /// @return whether it may stay; [#closed] follows only then
    boolean opened(EventExecutor loop, CallWatch connection) {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return false;
        }
        watched.add(loop, connection);
        return true;
    }

    void closed(EventExecutor loop, CallWatch connection) {
        if (watched.remove(loop, connection)) {
            count.decrementAndGet();
        }
    }

    int count() {
        return count.get();
    }

    /// No stream takes any more requests.
    void drain() {
        watched.forEach(CallWatch::drain);
    }

    /// The server has ended.
    void stop() {
        watched.stop();
    }
}
