package dev.espalier.server.config;

import java.time.Duration;

/// How the server speaks gRPC.
///
/// @param port 0 for any free port
/// @param responseCompression `none`, `low`, `medium` or `high`
public record GrpcOptions(
        boolean allowed,
        String address,
        int port,
        boolean reusePort,
        TlsOptions tls,
        String responseCompression,
        Keepalive keepalive) {

    /// When the server checks idle connections, and what it accepts from clients that do.
    public record Keepalive(
            Duration time,
            Duration timeout,
            boolean permitWithoutCalls,
            Duration minReceivePingInterval,
            int maxPingStrikes) {}
}
