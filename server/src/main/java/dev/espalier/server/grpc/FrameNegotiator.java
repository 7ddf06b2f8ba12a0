package dev.espalier.server.grpc;

import dev.espalier.server.config.GrpcLimits;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// Sets connections up as gRPC does, as many as there may be, and has [ArrivingUploads] look at their frames.
final class FrameNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final InternalProtocolNegotiator.ProtocolNegotiator negotiator;
    private final boolean encrypted;
    private final GrpcServices services;
    private final GrpcLimits limits;
    private final GrpcConnections connections;

    /// @param tls null for plain text
    FrameNegotiator(
            @Nullable SslContext tls,
            GrpcServices services,
            GrpcLimits limits,
            GrpcConnections connections) {
        this.services = services;
        this.limits = limits;
        this.connections = connections;
        encrypted = tls != null;
        negotiator =
                tls == null
                        ? InternalProtocolNegotiators.serverPlaintext()
                        : InternalProtocolNegotiators.serverTls(tls);
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
        CallWatch watch = ArrivingUploads.of(handler, services, limits);
        return new ConnectionGate(connections, watch, negotiator.newHandler(handler), encrypted);
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
