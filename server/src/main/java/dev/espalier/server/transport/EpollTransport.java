package dev.espalier.server.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.UncheckedIOException;

/// Linux's own.
public record EpollTransport() implements Transport {
    @Override
    public IoHandlerFactory handlers() {
        return EpollIoHandler.newFactory();
    }

    /// Netty adds a descriptor to epoll when somebody first wants something of it. A refusal then is nobody's: the
    /// connection stays open, and nobody ever reads it.
    @Override
    public IoRegistration register(IoHandler loop, IoHandle handle) throws Exception {
        IoRegistration registration = loop.register(handle);
        try {
            long _ = registration.submit(EpollIoOps.EPOLLET);
        } catch (UncheckedIOException refused) {
            boolean _ = registration.cancel();
            throw refused.getCause();
        }
        return registration;
    }

    @Override
    public ServerChannel newServerChannel() {
        return new EpollServerSocketChannel();
    }

    @Override
    public ChannelOption<Boolean> reusePort() {
        return EpollChannelOption.SO_REUSEPORT;
    }
}
