package dev.espalier.server.config;

/// How much of one request's answers may be unread by its client, where it has more than one: then its model waits.
///
/// @param answers at most so many, 1 to [#MOST_ANSWERS]
/// @param bytes from so many on, no further answer
public record UnreadLimit(int answers, long bytes) {
    /// A ring of completions has room for those of some requests beside each other.
    public static final int MOST_ANSWERS = 512;

    /// What holds where nothing is said.
    public static final UnreadLimit DEFAULT = new UnreadLimit(64, 16L << 20);
}
