package dev.espalier.server.config;

import java.time.Duration;

/// How the server speaks gRPC.
///
/// @param port 0 for any free port
/// @param responseCompression `none`, `low`, `medium` or `high`
/// @param limits how long clients may take
public record GrpcOptions(
        boolean allowed,
        String address,
        int port,
        boolean reusePort,
        TlsOptions tls,
        String responseCompression,
        Keepalive keepalive,
        GrpcLimits limits) {
    /// With the limits that hold where the command line says nothing.
    public GrpcOptions(
            boolean allowed,
            String address,
            int port,
            boolean reusePort,
            TlsOptions tls,
            String responseCompression,
            Keepalive keepalive) {
        this(
                allowed,
                address,
                port,
                reusePort,
                tls,
                responseCompression,
                keepalive,
                GrpcLimits.DEFAULT);
    }

    /// When the server checks idle connections, and what it accepts from clients that do.
    public record Keepalive(
            Duration time,
            Duration timeout,
            boolean permitWithoutCalls,
            Duration minReceivePingInterval,
            int maxPingStrikes) {}
}
