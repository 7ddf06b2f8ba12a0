package dev.espalier.server.access;

/// Whether a caller may do what it asks for.
public enum Access {
    GRANTED,
    /// No token, or one that nobody knows.
    UNAUTHENTICATED,
    /// A known token whose scope is too narrow.
    FORBIDDEN
}
