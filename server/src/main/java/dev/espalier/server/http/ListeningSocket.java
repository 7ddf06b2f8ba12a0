package dev.espalier.server.http;

import dev.espalier.server.transport.ServingLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A port on which HTTP is spoken.
final class ListeningSocket {
    private static final int BACKLOG = 4096;
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 64 * 1024;

    /// How much is read at once. The larger, the fewer pieces of a large tensor.
    private static final int FIRST_READ = 4 * 1024;

    private static final int LEAST_READ = 1024;
    private static final int MOST_READ = 1024 * 1024;

    /// How much of a long answer waits for the client's side of the socket.
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 << 10, 256 << 10);

    private final Channel channel;
    private final OpenConnections connections;

    private ListeningSocket(Channel channel, OpenConnections connections) {
        this.channel = channel;
        this.connections = connections;
    }

    /// Where and how to listen.
    ///
    /// @param flag the begin of the flags that choose the address, such as `http`
    record Place(
            String flag, String address, int port, boolean reusePort, @Nullable SslContext tls) {}

    /// @throws IOException when the address cannot be had
    static ListeningSocket open(
            Place place, ServingLoops loops, HttpMeans means, RequestHandler handler)
            throws IOException {
        OpenConnections connections = new OpenConnections(means.limits().connections());
        HttpDecoderConfig http =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE)
                        .setMaxHeaderSize(MAX_HEADERS)
                        .setMaxChunkSize(MOST_READ);
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops.group())
                        .channelFactory(loops::newServerChannel)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(LEAST_READ, FIRST_READ, MOST_READ))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        SslContext tls = place.tls();
                                        if (tls != null) {
                                            child.pipeline().addLast(tls.newHandler(child.alloc()));
                                        }
                                        HttpConnection connection =
                                                new HttpConnection(
                                                        handler,
                                                        connections,
                                                        means,
                                                        means.memory()
                                                                .connected(child.remoteAddress()));
                                        child.pipeline()
                                                .addLast(new RequestDecoder(http, connection))
                                                .addLast(connection);
                                    }
                                });
        if (place.reusePort()) {
            var _ = bootstrap.option(loops.transport().reusePort(), true);
        }
        ChannelFuture bound =
                bootstrap
                        .bind(new InetSocketAddress(place.address(), place.port()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on %s:%d (expected: an address of this machine and a free port; see --%s-address and --%s-port)"
                            .formatted(place.address(), place.port(), place.flag(), place.flag()),
                    bound.cause());
        }
        return new ListeningSocket(bound.channel(), connections);
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /// Stops listening, lets requests in flight finish for up to `patience`, then closes what is left.
    ///
    /// @return how many connections had to be cut
    int close(Duration patience) {
        channel.close().awaitUninterruptibly();
        try {
            connections.stop().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException _) {
            // What is still open is closed below.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        int cut = connections.count();
        connections.closeAll();
        return cut;
    }
}
