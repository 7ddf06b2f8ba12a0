package dev.espalier.server.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.LogLines;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.transport.EpollTransport;
import dev.espalier.server.transport.RefusedConnections;
import dev.espalier.server.transport.ServingLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(20)
final class LinkedLoopTest {
    private final AtomicBoolean full = new AtomicBoolean();
    private final AtomicInteger begun = new AtomicInteger();
    private final RefusedConnections refused = new RefusedConnections();
    private MultiThreadIoEventLoopGroup group;
    private Channel port;

    /// A kernel that watches nothing more while [#full] is set.
    private record Kernel(IoHandler epoll, AtomicBoolean full) implements IoHandler {
        private record Watched(IoRegistration registration, AtomicBoolean full)
                implements IoRegistration {
            @Override
            public <T> T attachment() {
                return registration.attachment();
            }

            @Override
            public long submit(IoOps ops) {
                if (full.get()) {
                    throw new UncheckedIOException(
                            new IOException("epoll_ctl(..) failed with error(-28): no space"));
                }
                return registration.submit(ops);
            }

            @Override
            public boolean isValid() {
                return registration.isValid();
            }

            @Override
            public boolean cancel() {
                return registration.cancel();
            }
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new Watched(epoll.register(handle), full);
        }

        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return epoll.isCompatible(type);
        }
    }

    /// Sends back what comes.
    @Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            begun.incrementAndGet();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var _ = context.writeAndFlush(message);
        }
    }

    @BeforeEach
    void listen() {
        EpollTransport epoll = new EpollTransport();
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        executor ->
                                new LinkedLoop(
                                        0,
                                        executor,
                                        new Kernel(epoll.handlers().newHandler(executor), full),
                                        epoll,
                                        refused,
                                        new InternalErrors(() -> {})));
        port =
                new ServerBootstrap()
                        .group(group)
                        .channelFactory(new ServingLoops(group, epoll, refused)::newServerChannel)
                        .childHandler(new Echo())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel();
    }

    @AfterEach
    void close() {
        group.shutdownGracefully().awaitUninterruptibly();
    }

    private Socket connected() throws IOException {
        InetSocketAddress address = (InetSocketAddress) port.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    @Test
    void closesConnectionsThatTheKernelDoesNotWatchAndServesTheNext() throws IOException {
        ask();
        try (LogLines log = LogLines.of(RefusedConnections.class);
                LogLines _ = LogLines.of(ServerBootstrap.class)) {
            full.set(true);
            for (int i = 0; i < 20; i++) {
                try (Socket client = connected()) {
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                }
            }
            assertThat(log.lines()).singleElement().asString().contains("no space");
        }
        assertThat(refused.closed()).isEqualTo(20);
        assertThat(begun).hasValue(1);

        full.set(false);
        ask();
        assertThat(begun).hasValue(2);
    }

    private void ask() throws IOException {
        try (Socket client = connected()) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }
}
