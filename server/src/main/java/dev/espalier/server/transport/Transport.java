package dev.espalier.server.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;

/// How event loops wait, and the sockets that they can wait for.
public sealed interface Transport permits EpollTransport, NioTransport {
    /// What makes the loops.
    IoHandlerFactory handlers();

    /// The sockets that listen.
    Class<? extends ServerChannel> serverChannel();

    /// The option by which servers share a port.
    ChannelOption<Boolean> reusePort();
}
