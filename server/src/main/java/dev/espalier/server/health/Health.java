package dev.espalier.server.health;

/// Whether the server is well.
public interface Health {
    /// Whether the server runs.
    boolean live();

    /// Whether it answers requests, in the sense of `--strict-readiness`.
    boolean ready();
}
