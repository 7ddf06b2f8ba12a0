package dev.espalier.server.config;

import java.time.Duration;

/// How long a gRPC client may take, and how many there may be. A duration of zero is no limit.
///
/// @param handshake until the connection is encrypted and speaks HTTP/2
/// @param body for the next 64 KB of a call's message
/// @param answer for the next 64 KB of a call's answer to be taken
/// @param idle between two calls
/// @param connections at once
/// @param streams calls at once over one connection
/// @param streamRequests requests at once of one `ModelStreamInfer`
/// @param age of a connection, which takes no more calls then
/// @param grace for the calls that it has at that age
public record GrpcLimits(
        Duration handshake,
        Duration body,
        Duration answer,
        Duration idle,
        int connections,
        int streams,
        int streamRequests,
        Duration age,
        Duration grace) {
    /// For connections of any age.
    public GrpcLimits(
            Duration handshake,
            Duration body,
            Duration answer,
            Duration idle,
            int connections,
            int streams,
            int streamRequests) {
        this(
                handshake,
                body,
                answer,
                idle,
                connections,
                streams,
                streamRequests,
                Duration.ZERO,
                Duration.ZERO);
    }

    /// What holds where the command line says nothing.
    public static final GrpcLimits DEFAULT =
            new GrpcLimits(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    20_000,
                    4000,
                    256);
}
