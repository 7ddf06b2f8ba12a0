package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;
import java.util.List;

/// Who waits for a request's result. Called exactly once, on the request's event loop, possibly
/// already during [Inference#submit].
public interface Responder {
    /// The request succeeded. The responder must call [InferenceResult#release] once the result's
    /// bytes have been written.
    void completed(InferenceResult result);

    /// What the memory for the request's tensors counts in, besides its model's share.
    default List<FairShare> shares() {
        return List.of();
    }

    /// The request failed.
    void failed(ServingException failure);
}
