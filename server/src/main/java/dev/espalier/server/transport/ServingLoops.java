package dev.espalier.server.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;

/// The event loops that connections are served on, and what their sockets are made of.
///
/// @param refused counts the connections that cannot be served
public record ServingLoops(EventLoopGroup group, Transport transport, RefusedConnections refused) {
    /// A socket to listen on, which bears that connections cannot be accepted.
    public ServerChannel newServerChannel() {
        ServerChannel channel = transport.newServerChannel();
        channel.pipeline().addLast(new AcceptFailures(refused));
        return channel;
    }
}
