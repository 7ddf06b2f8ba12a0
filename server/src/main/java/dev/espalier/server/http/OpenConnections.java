package dev.espalier.server.http;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// The connections of one server, so that it can stop gracefully. Safe for use by several threads.
final class OpenConnections {
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> allClosed = new CompletableFuture<>();
    private volatile boolean stopping;

    boolean stopping() {
        return stopping;
    }

    void opened(HttpConnection connection) {
        connections.add(connection);
        if (stopping) {
            connection.context().executor().execute(connection::stop);
        }
    }

    void closed(HttpConnection connection) {
        if (connections.remove(connection) && stopping && connections.isEmpty()) {
            allClosed.complete(null);
        }
    }

    int count() {
        return connections.size();
    }

    /// Closes every connection once its requests are answered; complete when all are closed.
    CompletableFuture<Void> stop() {
        stopping = true;
        for (HttpConnection connection : connections) {
            connection.context().executor().execute(connection::stop);
        }
        if (connections.isEmpty()) {
            allClosed.complete(null);
        }
        return allClosed;
    }

    /// Closes every connection now.
    void closeAll() {
        for (HttpConnection connection : connections) {
            var _ = connection.context().close();
        }
    }
}
