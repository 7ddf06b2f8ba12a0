package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;

/// Where the protocols hand in their requests.
public interface Inferences {
    /// Opens a request whose header has been read: validates it, and reserves memory for its tensors,
    /// in a place of the model's open batch where the model batches.
    ///
    /// Must be called on the event loop that will fill and submit the request; `responder` is called
    /// back on that same loop.
    ///
    /// @throws ServingException when the model is unknown or not ready, when it is decoupled and the responder refuses that
    ///     ([Responder#refusalOfDecoupled]), when the header does not fit the model, or when queue or memory are full; then nothing has changed
    Inference open(InferenceRequest request, Responder responder) throws ServingException;
}
