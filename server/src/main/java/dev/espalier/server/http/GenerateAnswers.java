package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;

/// How the answers of a request reach its client; called as [dev.espalier.server.inference.Responder] is. Used by the
/// connection's event loop only.
interface GenerateAnswers {
    void answered(InferenceResult result);

    void completed(InferenceResult result);

    void finished();

    void failed(ServingException cause);

    /// The client is gone.
    void abort();
}
