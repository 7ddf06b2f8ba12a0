package dev.espalier.server.http;

import dev.espalier.server.transport.EachSecond;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// The connections of one server: how many there are, how they get on, and that they end gracefully. Safe for use
/// by several threads.
final class OpenConnections {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();
    private final EachSecond<HttpConnection> open = new EachSecond<>(HttpConnection::look);
    private final CompletableFuture<Void> allClosed = new CompletableFuture<>();
    private volatile boolean stopping;

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
        open.add(connection.context().executor(), connection);
        if (stopping) {
            connection.context().executor().execute(connection::stop);
        }
    }

    /// Whether there are more than there may be.
    boolean tooMany() {
        return count.get() > most;
    }

    void closed(HttpConnection connection) {
        if (!open.remove(connection.context().executor(), connection)) {
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
        open.forEach(connection -> connection.context().executor().execute(connection::stop));
        if (count.get() == 0) {
            allClosed.complete(null);
        }
        return allClosed;
    }

    /// Closes every connection now.
    void closeAll() {
        open.stop();
        open.forEach(connection -> {
            var _ = connection.context().close();
        });
    }
}
