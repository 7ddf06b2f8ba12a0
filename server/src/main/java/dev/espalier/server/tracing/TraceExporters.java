package dev.espalier.server.tracing;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.failure.InternalErrors;
import java.nio.file.Path;

/// Where traces go, by what the command line says. What sends spans is loaded with the first of them.
public final class TraceExporters {
    private TraceExporters() {}

    /// @param serverVersion what spans say of the server
    /// @param errors what becomes of errors that nobody expected
    public static TraceWriter writer(
            TraceOptions options, String serverVersion, InternalErrors errors) {
        return switch (options.mode()) {
            case TRITON ->
                    new TraceWriter(
                            () -> new TraceFile(Path.of(options.file())),
                            TraceWriter.MOST_WAITING,
                            errors);
            case OPENTELEMETRY -> {
                CollectorSettings settings = CollectorSettings.of(options.collector());
                yield new TraceWriter(
                        () -> new SpanSender(settings, serverVersion),
                        settings.mostWaiting(),
                        errors);
            }
        };
    }
}
