package dev.espalier.server.inference;

import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;

/// The one path of every request:
///
/// 1. Its header names a model and describes its tensors; both are checked here.
/// 2. It gets a place in IN memory: in the model's open batch, or in a block of its own.
/// 3. The protocol fills the place as the bytes arrive ([Inference#input]) and hands the request over
///    ([Inference#submit]).
/// 4. It waits in the model's line until an instance is free, runs, and its slice of the result is read
///    from OUT.
/// 5. The protocol encodes the slice straight from there ([Responder#completed]) and releases it.
///
/// Steps 1 and 2 are in [#open]; 4 is [dev.espalier.server.scheduling.ModelScheduler].
public final class InferenceService implements Inferences {
    private final ServedModels models;
    private final LinkedLoops loops;
    private final InternalErrors errors;

    public InferenceService(ServedModels models, LinkedLoops loops, InternalErrors errors) {
        this.models = models;
        this.loops = loops;
        this.errors = errors;
    }

    @Override
    public Inference open(InferenceRequest request, Responder responder) throws ServingException {
        while (true) {
            ServedModel model = models.serving(request.modelName(), request.modelVersion());
            checkAnswers(model, responder);
            RequestValidator.Validated validated = RequestValidator.validate(request, model.plan());
            PendingInference inference =
                    new PendingInference(
                            request, model, validated, responder, loops.current(), errors);
            if (model.scheduler().open(inference)) {
                return inference;
            }
            // The model has been replaced or unloaded since it was found.
        }
    }

    private static void checkAnswers(ServedModel model, Responder responder)
            throws ServingException {
        String refusal = model.plan().decoupled() ? responder.refusalOfDecoupled() : null;
        if (refusal != null) {
            throw new ServingException(ErrorCode.UNSUPPORTED, refusal);
        }
    }
}
