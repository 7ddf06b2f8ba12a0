package dev.espalier.server.config;

import java.time.Duration;

/// How the server tells its metrics.
///
/// @param port 0 for any free port
/// @param cpu also tell the machine's CPU and memory use
/// @param gpu also tell the use of its GPUs
/// @param interval time between two readings of what is polled
/// @param latencies which of them are told
public record MetricsOptions(
        boolean allowed,
        String address,
        int port,
        boolean cpu,
        boolean gpu,
        Duration interval,
        LatencyOptions latencies) {
    /// With the latencies that are told where the command line says nothing.
    public MetricsOptions(
            boolean allowed,
            String address,
            int port,
            boolean cpu,
            boolean gpu,
            Duration interval) {
        this(allowed, address, port, cpu, gpu, interval, LatencyOptions.DEFAULT);
    }
}
