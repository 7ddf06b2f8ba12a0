package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;

/// A request on its way, between [Inferences#open] and the call of its [Responder]. Used by the
/// request's event loop only.
public interface Inference {
    /// The memory of the input at `index` of the request's inputs: a fresh view of exactly the bytes
    /// that it announced, position 0. The worker's engine will run on this very memory. It is addresses: bytes may be
    /// written as far as [#reserve] has been asked for.
    ///
    /// @throws ServingException OVERLOADED when there is no room for it
    ByteBuffer input(int index) throws ServingException;

    /// Makes sure that the first `bytes` of an input that has been looked at can be written. What is not there yet
    /// takes some 50 us for 256 KB. On any thread, one at a time.
    ///
    /// @throws ServingException OVERLOADED when there is no room for them
    void reserve(int index, long bytes) throws ServingException;

    /// Whether the model is decoupled, so that the request may have any number of answers.
    boolean isDecoupled();

    /// Hands the request over, all inputs being filled. The responder is called until its last word after
    /// this, unless [#cancel] comes first.
    void submit();

    /// Gives the request up: its client went away, cancelled it, or broke off the upload. Its place
    /// becomes free, a model that is at it is told, and the responder is not called any more. May be called at any time,
    /// also again. Results that it has are still to be released.
    void cancel();

    /// As [#cancel], by the protocol itself, which tells its client why.
    void refuse(ServingException reason);
}
