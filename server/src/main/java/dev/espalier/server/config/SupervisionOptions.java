package dev.espalier.server.config;

import java.time.Duration;

/// When a worker is ended and when its models are given up.
///
/// @param executionTimeoutMillis how long an execution may run, where the model does not say; 0 for any time
/// @param memoryBytes memory of its own that a worker may have; 0 for any amount
/// @param quarantineAfter deaths of its worker within the window that put a model into quarantine; 0: never
/// @param loadTimeout how long a worker may take to load a model; zero for any time
/// @param standby whether a second process waits beside each worker to take its place
public record SupervisionOptions(
        long executionTimeoutMillis,
        long memoryBytes,
        int quarantineAfter,
        Duration quarantineWindow,
        Duration loadTimeout,
        boolean standby) {}
