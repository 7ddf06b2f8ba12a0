package dev.espalier.server.config;

/// How the server speaks HTTP.
///
/// @param port 0 for any free port
/// @param threadCount event loops, shared with gRPC; at most the machine's cores are used
/// @param maxInputSize largest body in bytes, also after decompression
/// @param limits how long clients may take
public record HttpOptions(
        boolean allowed,
        String address,
        int port,
        boolean reusePort,
        int threadCount,
        long maxInputSize,
        TlsOptions tls,
        HttpLimits limits) {}
