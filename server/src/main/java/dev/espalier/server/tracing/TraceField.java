package dev.espalier.server.tracing;

/// A setting of traces that may change while the server runs.
public enum TraceField {
    /// 1 where requests are timed, 0 where nothing is traced.
    LEVEL,
    /// Of so many requests one is traced.
    RATE,
    /// So many more requests are traced; -1 for any number.
    COUNT,
    /// So many traces are in one file; 0 for all in one.
    LOG_FREQUENCY
}
