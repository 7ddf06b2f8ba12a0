package dev.espalier.sdk;

/// A request to a model: its inputs, which lie in memory that the server shares with this process.
///
/// A request lives until its last word. Its tensors are dead from then on: using one is an
/// [IllegalStateException]. Safe for use by several threads.
public interface Request {
    /// The input `name`, to be read.
    ///
    /// @throws IllegalArgumentException when the model has no such input, or the request none of it
    /// @throws IllegalStateException after the request's last word
    Tensor input(String name);

    /// Whether the client wants the output `name`. What it does not want may be left out of an answer, and is dropped
    /// otherwise.
    ///
    /// @throws IllegalArgumentException when the model has no such output
    boolean wants(String name);

    /// Whether nobody waits for answers any more. The request needs a last word all the same.
    boolean isCancelled();

    /// Begins a call of another model of the server, which `parameters { key: "calls" }` of this one's `config.pbtxt` must
    /// name. No network is between them. It waits in that one's queue like any request, with what is left of the time-out
    /// that this request's client has given; it is given up when nobody waits for this request any more.
    ///
    /// Calls are made for requests only: not from [Model#load], and not after the last word. Models that are called may
    /// call others, at most eight deep and in no circle. A decoupled model cannot be called.
    ///
    /// @throws IllegalStateException after the request's last word, or when there is no memory
    Call call(String model);
}
