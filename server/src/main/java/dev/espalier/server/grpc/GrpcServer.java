package dev.espalier.server.grpc;

import dev.espalier.server.config.GrpcLimits;
import dev.espalier.server.config.GrpcOptions;
import dev.espalier.server.config.TlsOptions;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.transport.ServingLoops;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Serves the inference protocol over gRPC. Safe for use by several threads.
public final class GrpcServer {
    /// How much a client may send ahead of what the server has read.
    private static final int WINDOW = 16 << 20;

    /// HTTP/2's flow controller hands the socket no more than the high mark at once: the default costs
    /// a system call for each 64 KB of a large answer.
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 << 10, 4 << 20);

    private final Server server;
    private final GrpcConnections connections;

    /// A server that answers from now on.
    ///
    /// @param loops the loops on which inferences may be opened; each call stays on its connection's
    /// @throws IOException when address, port, certificate or key cannot be used
    public GrpcServer(GrpcOptions options, ServingLoops loops, GrpcServices services)
            throws IOException {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(options.address(), options.port()))
                        .bossEventLoopGroup(loops.group())
                        .workerEventLoopGroup(loops.group())
                        .channelFactory(loops::newServerChannel)
                        .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .withChildOption(ChannelOption.ALLOCATOR, new AnswerAllocator())
                        .directExecutor()
                        .maxInboundMessageSize(
                                CountedMessage.longest(
                                        new BudgetShare(services.memory().heap()).limit()))
                        .flowControlWindow(WINDOW)
                        .decompressorRegistry(MessageCodings.decompressors())
                        .compressorRegistry(MessageCodings.compressors())
                        .intercept(new TokenCheck(services.tokens()))
                        .intercept(new RestrictionCheck(services.restrictions()))
                        .addService(
                                InferenceProtocol.service(
                                        services,
                                        options.responseCompression(),
                                        options.limits().streamRequests()))
                        .addService(OpLibraryProtocol.service(services))
                        .addService(HealthProtocol.service(services.health(), services.errors()))
                        .addServices(Reflection.services());
        if (options.reusePort()) {
            var _ = builder.withOption(loops.transport().reusePort(), true);
        }
        keepalive(builder, options.keepalive());
        limit(builder, options.limits());
        connections = new GrpcConnections(options.limits().connections());
        builder.protocolNegotiator(
                new FrameNegotiator(tls(options.tls()), services, options.limits(), connections));
        server = started(builder.build(), options);
    }

    private static void keepalive(NettyServerBuilder builder, GrpcOptions.Keepalive keepalive) {
        // gRPC's Java server closes a connection at the third ping that comes too early.
        Duration interval =
                keepalive.maxPingStrikes() == 0
                        ? Duration.ZERO
                        : keepalive.minReceivePingInterval();
        builder.keepAliveTime(keepalive.time().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(keepalive.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveTime(interval.toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveWithoutCalls(keepalive.permitWithoutCalls());
    }

    private static void limit(NettyServerBuilder builder, GrpcLimits limits) {
        builder.maxConcurrentCallsPerConnection(limits.streams());
        if (!limits.handshake().isZero()) {
            builder.handshakeTimeout(limits.handshake().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (!limits.idle().isZero()) {
            builder.maxConnectionIdle(limits.idle().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (!limits.age().isZero()) {
            builder.maxConnectionAge(limits.age().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (!limits.grace().isZero()) {
            builder.maxConnectionAgeGrace(limits.grace().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static @Nullable SslContext tls(TlsOptions options) throws IOException {
        if (!options.enabled()) {
            return null;
        }
        try {
            SslContextBuilder builder =
                    GrpcSslContexts.forServer(
                            new File(options.certificate()), new File(options.key()));
            if (!options.clientRoot().isEmpty()) {
                builder.trustManager(new File(options.clientRoot())).clientAuth(ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (IllegalArgumentException | IOException failure) {
            throw new IOException(
                    "certificate '%s' with key '%s' and client root '%s' cannot be used for gRPC: %s (expected: PEM files, the key in PKCS#8 without password)"
                            .formatted(
                                    options.certificate(),
                                    options.key(),
                                    options.clientRoot(),
                                    failure.getMessage()),
                    failure);
        }
    }

    private static Server started(Server server, GrpcOptions options) throws IOException {
        try {
            return server.start();
        } catch (IOException failure) {
            throw new IOException(
                    "cannot listen on %s:%d (expected: an address of this machine and a free port; see --grpc-address and --grpc-port)"
                            .formatted(options.address(), options.port()),
                    failure);
        }
    }

    /// The port that it listens on.
    public int port() {
        return server.getPort();
    }

    /// How many connections are open.
    int connections() {
        return connections.count();
    }

    /// Takes no more calls and no more requests of streams, lets what is in flight finish for up to `patience`, then cuts
    /// off what is left. Not to be called on an event loop.
    public void close(Duration patience) {
        server.shutdown();
        connections.drain();
        try {
            if (!server.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
                server.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException _) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        connections.stop();
    }
}
