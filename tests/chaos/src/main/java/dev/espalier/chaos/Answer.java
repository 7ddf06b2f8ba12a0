package dev.espalier.chaos;

/// What came back for a request.
sealed interface Answer {
    /// A tensor, with the number of the request that it is said to belong to.
    record Values(String id, float[] values) implements Answer {}

    /// An error of the protocol.
    ///
    /// @param unavailable whether it is 503 or UNAVAILABLE
    record Refused(boolean unavailable, String text) implements Answer {}

    /// Something that is no answer: a broken connection, or what cannot be read.
    record Broken(String text) implements Answer {}
}
