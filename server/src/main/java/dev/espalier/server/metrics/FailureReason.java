package dev.espalier.server.metrics;

/// Why a request was not answered with a result, as the failure metric tells it.
public enum FailureReason {
    /// The queue was full, or the request waited too long.
    REJECTED,
    /// The client gave it up.
    CANCELED,
    /// The engine, an op or the worker failed.
    BACKEND,
    /// Anything else, such as a request that does not fit the model.
    OTHER
}
