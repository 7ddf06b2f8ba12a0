package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.tracing.Arrival;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who waits for a request's answers. Called on the request's event loop, possibly already during
/// [Inference#submit]: any number of times [#answered], for a decoupled model, and then exactly one of [#completed],
/// [#finished] and [#failed].
///
/// Each result must be released ([InferenceResult#release]) once its bytes have been written. What is not released is
/// unread: beyond a limit the model waits with its next answer.
public interface Responder {
    /// The request has an answer, and no other follows.
    void completed(InferenceResult result);

    /// The request has an answer, and others may follow. Only of a decoupled model.
    default void answered(InferenceResult result) {
        throw new IllegalStateException("a second answer (expected: one)");
    }

    /// No answer follows those that there are, of which there may be none. Only of a decoupled model.
    default void finished() {
        throw new IllegalStateException("no answer (expected: one)");
    }

    /// The request failed, after any number of answers.
    void failed(ServingException failure);

    /// What [Inferences#open] says of a decoupled model to a protocol that has one answer a request; null where there may
    /// be any number.
    default @Nullable String refusalOfDecoupled() {
        return "the model has a decoupled transaction policy, and one answer is all that can be given here";
    }

    /// When and how the request came; null where no request is traced.
    default @Nullable Arrival arrival() {
        return null;
    }

    /// What the memory for the request's tensors counts in, besides its model's share.
    default List<FairShare> shares() {
        return List.of();
    }
}
