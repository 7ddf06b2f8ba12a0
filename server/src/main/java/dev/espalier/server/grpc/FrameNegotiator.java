package dev.espalier.server.grpc;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// Sets connections up as gRPC does, and has [ArrivingUploads] look at their frames.
final class FrameNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final InternalProtocolNegotiator.ProtocolNegotiator negotiator;
    private final GrpcServices services;

    /// @param tls null for plain text
    FrameNegotiator(@Nullable SslContext tls, GrpcServices services) {
        this.services = services;
        negotiator =
                tls == null
                        ? InternalProtocolNegotiators.serverPlaintext()
                        : InternalProtocolNegotiators.serverTls(tls);
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
        ArrivingUploads.of(handler, services);
        return negotiator.newHandler(handler);
    }

    @Override
    public AsciiString scheme() {
        return negotiator.scheme();
    }

    @Override
    public void close() {
        negotiator.close();
    }
}
