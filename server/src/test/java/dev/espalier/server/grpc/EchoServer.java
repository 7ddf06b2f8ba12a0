package dev.espalier.server.grpc;

import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.config.GrpcLimits;
import dev.espalier.server.config.GrpcOptions;
import dev.espalier.server.config.TlsOptions;
import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.http.EchoBackend;
import dev.espalier.server.http.ManyAnswers;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.regions.ClientRegions;
import java.io.IOException;
import java.time.Duration;

/// A whole server for gRPC over an [EchoBackend].
final class EchoServer implements AutoCloseable {
    private static final GrpcOptions.Keepalive KEEPALIVE =
            new GrpcOptions.Keepalive(
                    Duration.ofHours(2), Duration.ofSeconds(20), false, Duration.ofMinutes(5), 2);

    private final EchoBackend backend;
    private final ManyAnswers many;
    private final GrpcServer grpc;

    /// How a test wants its server; what is not said is as by default.
    record Options(
            TlsOptions tls,
            AccessTokens tokens,
            ApiRestrictions restrictions,
            ClientRegions regions,
            String compression,
            GrpcLimits limits) {
        static final Options DEFAULT =
                new Options(
                        TlsOptions.NONE,
                        AccessTokens.notRequired(),
                        ApiRestrictions.NONE,
                        ClientRegions.off(),
                        "none",
                        GrpcLimits.DEFAULT);

        Options with(TlsOptions other) {
            return new Options(other, tokens, restrictions, regions, compression, limits);
        }

        Options with(AccessTokens other) {
            return new Options(tls, other, restrictions, regions, compression, limits);
        }

        Options with(ApiRestrictions other) {
            return new Options(tls, tokens, other, regions, compression, limits);
        }

        Options with(ClientRegions other) {
            return new Options(tls, tokens, restrictions, other, compression, limits);
        }

        Options withCompression(String level) {
            return new Options(tls, tokens, restrictions, regions, level, limits);
        }

        Options with(GrpcLimits other) {
            return new Options(tls, tokens, restrictions, regions, compression, other);
        }
    }

    /// A server whose worker runs whatever comes.
    static EchoServer running() throws IOException {
        return running(Options.DEFAULT);
    }

    static EchoServer running(Options options) throws IOException {
        EchoServer server = new EchoServer(options);
        server.backend.worker().permit(1 << 20);
        return server;
    }

    /// A server whose worker waits until the test lets it run something.
    static EchoServer holding() throws IOException {
        return new EchoServer(Options.DEFAULT);
    }

    /// A server that traces requests.
    static EchoServer tracing(TraceOptions traces) throws IOException {
        EchoServer server = new EchoServer(new EchoBackend(traces), Options.DEFAULT);
        server.backend.worker().permit(1 << 20);
        return server;
    }

    private EchoServer(Options options) throws IOException {
        this(new EchoBackend(options.regions()), options);
    }

    private EchoServer(EchoBackend backend, Options options) throws IOException {
        this.backend = backend;
        many = new ManyAnswers(backend.inferences());
        grpc =
                new GrpcServer(
                        new GrpcOptions(
                                true,
                                "127.0.0.1",
                                0,
                                false,
                                options.tls(),
                                options.compression(),
                                KEEPALIVE,
                                options.limits()),
                        backend.loops().serving(),
                        services(backend, many, options.tokens(), options.restrictions()));
    }

    /// What gRPC needs.
    static GrpcServices services(
            EchoBackend backend,
            Inferences served,
            AccessTokens tokens,
            ApiRestrictions restrictions) {
        return new GrpcServices(
                served,
                backend.catalog(),
                backend.control(),
                backend.ops(),
                backend.info(),
                backend.health(),
                tokens,
                restrictions,
                backend.log(),
                backend.tracing(),
                backend.regions(),
                backend.copied(),
                backend.clients(),
                backend.work(),
                backend.errors());
    }

    int port() {
        return grpc.port();
    }

    EchoBackend backend() {
        return backend;
    }

    /// What has several answers.
    ManyAnswers many() {
        return many;
    }

    /// How many connections are open.
    int connections() {
        return grpc.connections();
    }

    /// Stops like a server that is told to.
    void drain(Duration patience) {
        grpc.close(patience);
    }

    @Override
    public void close() {
        grpc.close(Duration.ZERO);
        backend.close();
    }
}
