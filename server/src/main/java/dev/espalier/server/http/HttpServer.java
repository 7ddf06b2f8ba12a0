package dev.espalier.server.http;

import dev.espalier.server.config.HttpOptions;
import dev.espalier.server.config.TlsOptions;
import dev.espalier.server.transport.ServingLoops;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Serves the inference protocol over HTTP. Safe for use by several threads.
public final class HttpServer {
    private final ListeningSocket socket;

    /// A server that answers from now on.
    ///
    /// @param loops the loops on which inferences may be opened
    /// @throws IOException when address, port, certificate or key cannot be used
    public HttpServer(HttpOptions options, ServingLoops loops, HttpServices services)
            throws IOException {
        socket =
                ListeningSocket.open(
                        new ListeningSocket.Place(
                                "http",
                                options.address(),
                                options.port(),
                                options.reusePort(),
                                tls(options.tls())),
                        loops,
                        services.means(),
                        new ApiRequests(services, options.maxInputSize()));
    }

    private static @Nullable SslContext tls(TlsOptions options) throws IOException {
        if (!options.enabled()) {
            return null;
        }
        try {
            SslContextBuilder builder =
                    SslContextBuilder.forServer(
                            new File(options.certificate()), new File(options.key()));
            if (!options.clientRoot().isEmpty()) {
                builder.trustManager(new File(options.clientRoot())).clientAuth(ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (IllegalArgumentException | IOException failure) {
            throw new IOException(
                    "certificate '%s' with key '%s' and client root '%s' cannot be used for HTTP: %s (expected: PEM files, the key in PKCS#8 without password)"
                            .formatted(
                                    options.certificate(),
                                    options.key(),
                                    options.clientRoot(),
                                    failure.getMessage()),
                    failure);
        }
    }

    /// The port that it listens on.
    public int port() {
        return socket.port();
    }

    /// Takes no more connections, lets requests in flight finish for up to `patience`, then cuts off
    /// what is left. Not to be called on an event loop.
    ///
    /// @return how many connections were cut off
    public int close(Duration patience) {
        return socket.close(patience);
    }
}
