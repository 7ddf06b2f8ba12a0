package dev.espalier.engine;

/// One answer to a [Request], while it is written: reserve memory for each output, fill it, describe it in [#outputs],
/// and send. An answer is sent or abandoned once; after that, nothing of it may be used.
///
/// Not safe for use by several threads at once.
public interface Answer extends OutputMemory {
    /// The answer's outputs by their index in the model's signature; present are those that have been set. Their addresses
    /// are of memory that this answer has reserved.
    Execution.Tensors outputs();

    /// Sends the answer; others may follow.
    ///
    /// Waits while the client has not read as much of the request's answers as it may leave unread. On the thread of
    /// [DecoupledInstance#begin] this holds up the instance's other requests: when such have waited for
    /// [#MOST_HOLD_MILLIS], all waits of one execution together, the request fails. Any other thread may wait for as long as
    /// the client does.
    ///
    /// @return false when nobody waits for answers any more, so that this one has been dropped and the model may stop
    /// @throws EngineException when the outputs cannot be told: more than an answer can describe, or memory that is not
    ///     the answer's; the request is still open, and this answer abandoned
    /// @throws IllegalStateException after the request's last word
    boolean send() throws EngineException;

    /// Sends the answer as the request's last word. Does not wait.
    ///
    /// @throws EngineException as [#send]; the request is still open
    /// @throws IllegalStateException after the request's last word
    void sendLast() throws EngineException;

    /// Gives the answer up, and its memory back.
    void abandon();

    /// How long requests whose clients do not read may hold up others of their instance, in milliseconds.
    int MOST_HOLD_MILLIS = 5000;
}
