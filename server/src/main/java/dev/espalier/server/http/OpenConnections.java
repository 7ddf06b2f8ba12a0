package dev.espalier.server.http;

import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The connections of one server: how many there are, how they get on, and that they end gracefully. Safe for use
/// by several threads.
final class OpenConnections {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<EventExecutor, Watched> loops = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> allClosed = new CompletableFuture<>();
    private volatile boolean stopping;

    /// The connections of one loop, and the task that looks at them.
    private record Watched(Set<HttpConnection> connections, Future<?> looking) {}

    /// @param most how many there may be
    OpenConnections(int most) {
        this.most = most;
    }

    boolean stopping() {
        return stopping;
    }

    /// On the connection's loop.
    void opened(HttpConnection connection) {
        count.incrementAndGet();
        loops.computeIfAbsent(connection.context().executor(), OpenConnections::watch)
                .connections()
                .add(connection);
        if (stopping) {
            connection.context().executor().execute(connection::stop);
        }
    }

    /// Each second, on the loop itself: what it looks at needs no lock.
    private static Watched watch(EventExecutor loop) {
        Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
        Future<?> looking =
                loop.scheduleAtFixedRate(
                        () -> connections.forEach(HttpConnection::look), 1, 1, TimeUnit.SECONDS);
        return new Watched(connections, looking);
    }

    /// Whether there are more than there may be.
    boolean tooMany() {
        return count.get() > most;
    }

    void closed(HttpConnection connection) {
        Watched watched = loops.get(connection.context().executor());
        if (watched == null || !watched.connections().remove(connection)) {
            return;
        }
        if (count.decrementAndGet() == 0 && stopping) {
            allClosed.complete(null);
        }
    }

    int count() {
        return count.get();
    }

    /// Closes every connection once its requests are answered; complete when all are closed.
    CompletableFuture<Void> stop() {
        stopping = true;
        for (Watched watched : loops.values()) {
            for (HttpConnection connection : watched.connections()) {
                connection.context().executor().execute(connection::stop);
            }
        }
        if (count.get() == 0) {
            allClosed.complete(null);
        }
        return allClosed;
    }

    /// Closes every connection now.
    void closeAll() {
        for (Watched watched : loops.values()) {
            watched.looking().cancel(false);
            for (HttpConnection connection : watched.connections()) {
                var _ = connection.context().close();
            }
        }
    }
}
