package dev.espalier.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;

/// What a client has not taken of what it was sent.
public final class PendingBytes {
    private PendingBytes() {}

    /// How many bytes wait for the client of a connection. On its event loop.
    public static long of(Channel channel) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - Math.max(0, out.currentProgress());
    }

    /// Closes the connection of a client that does not take them. What lies in the system's buffers is not taken
    /// either: without this it stays there.
    ///
    /// @param context closes for it; no handler behind it is asked
    public static void cut(ChannelHandlerContext context) {
        boolean _ = context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        var _ = context.close();
    }
}
