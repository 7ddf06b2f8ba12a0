package dev.espalier.server.access;

/// What a token allows.
public enum Scope {
    /// Inference and everything that only reads.
    INFER,
    /// All of it, with what changes the server.
    ADMIN
}
