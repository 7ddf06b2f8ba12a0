package dev.espalier.server.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;

/// How event loops wait, and the sockets that they can wait for.
public sealed interface Transport permits EpollTransport, NioTransport {
    /// What makes the loops.
    IoHandlerFactory handlers();

    /// Registers a handle with a loop.
    ///
    /// @throws Exception where the kernel does not let the loop watch it; nothing of it is left then
    IoRegistration register(IoHandler loop, IoHandle handle) throws Exception;

    /// A socket to listen on.
    ServerChannel newServerChannel();

    /// The option by which servers share a port.
    ChannelOption<Boolean> reusePort();
}
