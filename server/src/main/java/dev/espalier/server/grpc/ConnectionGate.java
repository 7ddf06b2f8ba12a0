package dev.espalier.server.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/// The first handler of a connection, before there is any encryption: lets it in, or sends it away where there are too
/// many.
final class ConnectionGate extends ChannelInboundHandlerAdapter {
    private static final ByteBuf TOO_MANY = Unpooled.unreleasableBuffer(goAway().asReadOnly());

    private final GrpcConnections connections;
    private final CallWatch watch;
    private final ChannelHandler negotiator;
    private final boolean encrypted;

    /// @param negotiator gRPC's own first handler
    ConnectionGate(
            GrpcConnections connections,
            CallWatch watch,
            ChannelHandler negotiator,
            boolean encrypted) {
        this.connections = connections;
        this.watch = watch;
        this.negotiator = negotiator;
        this.encrypted = encrypted;
    }

    /// A server's first frame, SETTINGS, and the last, which says why.
    private static ByteBuf goAway() {
        byte[] text =
                "too many connections (see --grpc-max-connections)"
                        .getBytes(StandardCharsets.US_ASCII);
        return Unpooled.directBuffer()
                .writeMedium(0)
                .writeByte(4)
                .writeByte(0)
                .writeInt(0)
                .writeMedium(2 * Integer.BYTES + text.length)
                .writeByte(7)
                .writeByte(0)
                .writeInt(0)
                .writeInt(0)
                .writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code())
                .writeBytes(text);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (connections.opened(context.executor(), watch)) {
            watch.admitted(context);
            context.pipeline().addAfter(context.name(), null, negotiator);
            var _ =
                    context.channel()
                            .closeFuture()
                            .addListener(_ -> {
                                connections.closed(context.executor(), watch);
                                watch.ended();
                            });
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (watch.isAdmitted()) {
            context.fireChannelActive();
            return;
        }
        ByteBuf told = encrypted ? Unpooled.EMPTY_BUFFER : TOO_MANY.duplicate();
        var _ = context.writeAndFlush(told).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (watch.isAdmitted()) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }
}
