package dev.espalier.server.inference;

import java.nio.ByteBuffer;

/// A request on its way, between [Inferences#open] and the call of its [Responder]. Used by the
/// request's event loop only.
public interface Inference {
    /// The memory of the input at `index` of the request's inputs: a fresh view of exactly the bytes
    /// that it announced, position 0. The worker's engine will run on this very memory.
    ByteBuffer input(int index);

    /// Hands the request over, all inputs being filled. The responder is called exactly once after
    /// this, unless [#cancel] comes first.
    void submit();

    /// Gives the request up: its client went away, cancelled it, or broke off the upload. Its place
    /// becomes free and the responder is not called any more. May be called at any time, also again.
    void cancel();
}
