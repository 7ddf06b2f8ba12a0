package dev.espalier.server.http;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/// What happens on a port whose connections cannot be accepted, mostly because the server has no
/// descriptor left: it says so, and tries again a second later. Those who wait keep waiting.
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = System.getLogger(AcceptFailures.class.getName());
    private static final long PAUSE_SECONDS = 1;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        LOG.log(
                Level.WARNING,
                "connections to {0} wait: {1} (a higher limit of open files helps, see ulimit -n)",
                context.channel().localAddress(),
                failure.getMessage());
        ChannelConfig listening = context.channel().config();
        listening.setAutoRead(false);
        var _ =
                context.executor()
                        .schedule(
                                () -> listening.setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
    }
}
