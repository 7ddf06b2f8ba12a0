package dev.espalier.server.http;

import dev.espalier.server.config.MetricsOptions;
import dev.espalier.server.transport.ServingLoops;
import io.netty.buffer.ByteBuf;
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
    /// @param metrics makes the text; it may wait for locks and files
    /// @throws IOException when address or port cannot be had
    public MetricsServer(
            MetricsOptions options, ServingLoops loops, HttpMeans means, Supplier<String> metrics)
            throws IOException {
        socket =
                ListeningSocket.open(
                        new ListeningSocket.Place(
                                "metrics", options.address(), options.port(), false, null),
                        loops,
                        means,
                        (connection, request) -> exchange(connection, request, metrics));
    }

    private static Exchange exchange(
            HttpConnection connection, HttpRequest request, Supplier<String> metrics) {
        String target = Framing.path(request.uri());
        int query = target.indexOf('?');
        if (!(query < 0 ? target : target.substring(0, query)).equals("/metrics")) {
            return new KnownAnswer(connection, Reply.notFound());
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return reads
                ? new MetricsExchange(connection, metrics)
                : new KnownAnswer(connection, Reply.methodNotAllowed());
    }

    /// A scrape, beside the loop.
    private record MetricsExchange(HttpConnection connection, Supplier<String> metrics)
            implements Exchange {
        @Override
        public void content(ByteBuf content) {}

        @Override
        public void end() {
            connection.work().<Reply>await("metrics", this::reply, connection::reply);
        }

        private Reply reply() {
            byte[] text = metrics.get().getBytes(StandardCharsets.UTF_8);
            return new Reply(200, "", CONTENT_TYPE, text);
        }

        @Override
        public void abort() {}
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
