package dev.espalier.server.transport;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/// What happens on a port whose connections cannot be accepted, mostly because the server has no descriptor left: it
/// tries again a second later. Those who wait keep waiting.
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final long PAUSE_SECONDS = 1;

    private final RefusedConnections refused;

    AcceptFailures(RefusedConnections refused) {
        this.refused = refused;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        refused.waiting(context.channel().localAddress(), failure);
        ChannelConfig listening = context.channel().config();
        listening.setAutoRead(false);
        var _ =
                context.executor()
                        .schedule(
                                () -> listening.setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
    }
}
