package dev.espalier.server.config;

/// The sections of `--help`, in their order.
enum FlagGroup {
    REPOSITORY("Model repository"),
    SERVER("Server"),
    HTTP("HTTP"),
    GRPC("gRPC"),
    METRICS("Metrics"),
    LOGGING("Logging"),
    TRACING("Traces"),
    BACKENDS("Backends"),
    OPS("Op libraries (Espalier's own)"),
    WORKERS("Workers and places (Espalier's own)"),
    SECURITY("Security (Espalier's own)");

    private final String title;

    FlagGroup(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
