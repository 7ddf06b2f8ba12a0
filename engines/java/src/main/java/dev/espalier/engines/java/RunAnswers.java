package dev.espalier.engines.java;

import dev.espalier.engine.EngineException;
import dev.espalier.sdk.Answer;
import dev.espalier.sdk.Answers;
import dev.espalier.sdk.Request;

/// The answers of an instance: each request takes its own.
///
/// @param decoupled whether a request may have none, or several
record RunAnswers(boolean decoupled) implements Answers {
    @Override
    public Answer to(Request request) {
        return ours(request).answer();
    }

    @Override
    public void fail(Request request, String message) {
        ours(request).fail(new EngineException(message));
    }

    @Override
    public void end(Request request) {
        if (!decoupled) {
            throw notDecoupled("end");
        }
        ours(request).finish();
    }

    static IllegalStateException notDecoupled(String method) {
        return new IllegalStateException(
                "%s: the model is not decoupled (expected: one answer, sent by sendLast; or model_transaction_policy { decoupled: true })"
                        .formatted(method));
    }

    private static RunRequest ours(Request request) {
        if (request instanceof RunRequest ours) {
            return ours;
        }
        throw new IllegalArgumentException(
                "a request of %s (expected: one that run was given)".formatted(request.getClass()));
    }
}
