package dev.espalier.server.config;

import java.time.Duration;

/// How the server tells its metrics.
///
/// @param port 0 for any free port
/// @param cpu also tell the machine's CPU and memory use
/// @param gpu also tell the use of its GPUs
/// @param interval time between two readings of what is polled
public record MetricsOptions(
        boolean allowed, String address, int port, boolean cpu, boolean gpu, Duration interval) {}
