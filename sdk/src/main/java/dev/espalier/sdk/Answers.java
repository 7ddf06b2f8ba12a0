package dev.espalier.sdk;

/// Where the answers to the requests of one [Model#run] go. Answers to one request arrive in the order in which they
/// are sent.
///
/// Safe for use by several threads, each at another request.
public interface Answers {
    /// Begins the next answer to a request.
    ///
    /// @throws IllegalStateException after the request's last word, or while an answer to it is begun and not sent
    Answer to(Request request);

    /// The request's last word: it cannot be answered. An answer that is begun is dropped.
    ///
    /// @param message what the client is told: what is wrong, which value, what was expected
    /// @throws IllegalStateException after the request's last word
    void fail(Request request, String message);

    /// The request's last word where there is nothing to add: for decoupled models
    /// (`model_transaction_policy { decoupled: true }`), which may answer any number of times.
    ///
    /// @throws IllegalStateException after the request's last word, while an answer is begun and not sent, or when the
    ///     model is not decoupled
    void end(Request request);
}
