package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;

/// Who waits for a request's result. Called exactly once, on the request's event loop, possibly
/// already during [Inference#submit].
public interface Responder {
    /// The request succeeded. The responder must call [InferenceResult#release] once the result's
    /// bytes have been written.
    void completed(InferenceResult result);

    /// The request failed.
    void failed(ServingException failure);
}
