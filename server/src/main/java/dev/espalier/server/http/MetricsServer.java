package dev.espalier.server.http;

import dev.espalier.server.config.MetricsOptions;
import dev.espalier.server.transport.ServingLoops;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/// Serves the metrics on a port of their own, to everybody who can reach it. Safe for use by several
/// threads.
public final class MetricsServer {
    private static final String CONTENT_TYPE = "text/plain; charset=utf-8; version=0.0.4";

    private final ListeningSocket socket;

    /// A server that answers from now on.
    ///
    /// @param metrics makes the text, on an event loop: it must not block
    /// @throws IOException when address or port cannot be had
    public MetricsServer(MetricsOptions options, ServingLoops loops, Supplier<String> metrics)
            throws IOException {
        socket =
                ListeningSocket.open(
                        new ListeningSocket.Place(
                                "metrics", options.address(), options.port(), false, null),
                        loops,
                        (connection, request) ->
                                new KnownAnswer(connection, answer(request, metrics)));
    }

    private static Reply answer(HttpRequest request, Supplier<String> metrics) {
        int query = request.uri().indexOf('?');
        String path = query < 0 ? request.uri() : request.uri().substring(0, query);
        if (!path.equals("/metrics")) {
            return Reply.notFound();
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return reads
                ? new Reply(200, "", CONTENT_TYPE, metrics.get().getBytes(StandardCharsets.UTF_8))
                : Reply.methodNotAllowed();
    }

    /// The port that it listens on.
    public int port() {
        return socket.port();
    }

    /// Takes no more connections, and closes those that there are after at most `patience`. Not to be
    /// called on an event loop.
    public void close(Duration patience) {
        socket.close(patience);
    }
}
