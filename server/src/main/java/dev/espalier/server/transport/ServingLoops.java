package dev.espalier.server.transport;

import io.netty.channel.EventLoopGroup;

/// The event loops that connections are served on, and what their sockets are made of.
public record ServingLoops(EventLoopGroup group, Transport transport) {}
