package dev.espalier.server.config;

import java.time.Duration;
import java.util.List;

/// Everything that the command line decides.
///
/// @param id the server's name in its metadata
/// @param exitTimeout how long running requests may take to finish when the server stops
/// @param notices lines for the log: options that were accepted but change nothing
public record ServerOptions(
        RepositoryOptions repository,
        String id,
        Duration exitTimeout,
        HttpOptions http,
        GrpcOptions grpc,
        MetricsOptions metrics,
        LoggingOptions logging,
        TraceOptions tracing,
        BackendOptions backends,
        OpOptions ops,
        WorkerOptions workers,
        SecurityOptions security,
        List<String> notices) {
    public ServerOptions {
        notices = List.copyOf(notices);
    }
}
