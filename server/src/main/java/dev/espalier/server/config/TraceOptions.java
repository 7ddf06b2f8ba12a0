package dev.espalier.server.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is traced of requests, and where to.
///
/// @param timestamps whether requests are timed; otherwise nothing is traced
/// @param rate of so many requests one is traced
/// @param count how many requests are traced; -1 for any number
/// @param logFrequency how many traces are in one file; 0 for all in one
/// @param file of Triton's mode; empty for none
/// @param collector how spans are sent in OpenTelemetry's mode: settings as the command line names them, in its order
public record TraceOptions(
        Mode mode,
        boolean timestamps,
        int rate,
        int count,
        int logFrequency,
        String file,
        Map<String, String> collector) {
    /// Nothing is traced, and nobody has said where to.
    public static final TraceOptions NONE =
            new TraceOptions(Mode.TRITON, false, 1000, -1, 0, "", Map.of());

    public TraceOptions {
        collector = Collections.unmodifiableMap(new LinkedHashMap<>(collector));
    }

    /// What becomes of traces.
    public enum Mode {
        /// A file of JSON in Triton's form.
        TRITON,
        /// Spans for a collector of OpenTelemetry.
        OPENTELEMETRY
    }
}
