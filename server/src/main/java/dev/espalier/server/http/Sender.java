package dev.espalier.server.http;

/// Sends an answer that its client takes bit by bit. Used by the connection's event loop only.
interface Sender {
    /// Sends as much as the client takes now.
    ///
    /// @return whether all has been handed over
    boolean goOn();

    /// Whether there is something that the client has not taken.
    boolean isWaiting();

    /// The client is gone.
    void drop();
}
