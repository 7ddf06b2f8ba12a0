package dev.espalier.server.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.StandardSocketOptions;

/// The JDK's.
public record NioTransport() implements Transport {
    @Override
    public IoHandlerFactory handlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    public IoRegistration register(IoHandler loop, IoHandle handle) throws Exception {
        return loop.register(handle);
    }

    @Override
    public ServerChannel newServerChannel() {
        return new NioServerSocketChannel();
    }

    @Override
    public ChannelOption<Boolean> reusePort() {
        return NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
    }
}
