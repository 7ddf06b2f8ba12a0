package dev.espalier.server.config;

import java.time.Duration;

/// How long an HTTP client may take, and how many there may be. A duration of zero is no limit.
///
/// @param header from a request's first byte to the end of its header
/// @param body for the next 64 KB of a body
/// @param answer for the next 64 KB of an answer to be taken
/// @param idle between two requests
/// @param connections at once
public record HttpLimits(
        Duration header, Duration body, Duration answer, Duration idle, int connections) {
    /// What holds where the command line says nothing.
    public static final HttpLimits DEFAULT =
            new HttpLimits(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    20_000);
}
