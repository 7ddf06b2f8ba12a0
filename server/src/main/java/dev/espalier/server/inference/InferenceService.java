package dev.espalier.server.inference;

import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.tracing.RequestTrace;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable ModelCalls calls;

    /// One whose models call no others.
    public InferenceService(ServedModels models, LinkedLoops loops, InternalErrors errors) {
        this(models, loops, errors, null);
    }

    /// @param calls what calls of models to models are served with; null where they make none
    public InferenceService(
            ServedModels models,
            LinkedLoops loops,
            InternalErrors errors,
            @Nullable ModelCalls calls) {
        this.models = models;
        this.loops = loops;
        this.errors = errors;
        this.calls = calls;
    }

    @Nullable ModelCalls calls() {
        return calls;
    }

    @Override
    public Inference open(InferenceRequest request, Responder responder) throws ServingException {
        return open(request, responder, null);
    }

    /// @param caller for which a model makes this request; null where a client does
    Inference open(InferenceRequest request, Responder responder, @Nullable PendingInference caller)
            throws ServingException {
        ServedModel model = models.serving(request.modelName(), request.modelVersion());
        RequestTrace trace = trace(request, model, responder.arrival());
        try {
            return open(model, request, responder, caller, trace);
        } catch (Throwable failure) {
            if (trace != null) {
                ServingException told =
                        failure instanceof ServingException refused
                                ? refused
                                : ServingException.unexpected(failure);
                trace.failed(told.text());
            }
            throw failure;
        }
    }

    private static @Nullable RequestTrace trace(
            InferenceRequest request, ServedModel model, @Nullable Arrival arrival) {
        return arrival == null
                ? null
                : arrival.begin(
                        new RequestTrace.Subject(
                                model.name(), model.version(), model.opSet(), request.id()));
    }

    private Inference open(
            ServedModel found,
            InferenceRequest request,
            Responder responder,
            @Nullable PendingInference caller,
            @Nullable RequestTrace trace)
            throws ServingException {
        ServedModel model = found;
        while (true) {
            checkAnswers(model, responder);
            RequestValidator.Validated validated = RequestValidator.validate(request, model.plan());
            PendingInference inference =
                    new PendingInference(
                            request,
                            model,
                            validated,
                            responder,
                            loops.current(),
                            errors,
                            caller,
                            this,
                            trace);
            if (model.scheduler().open(inference)) {
                return inference;
            }
            // It has been replaced or unloaded since it was found.
            model = models.serving(request.modelName(), request.modelVersion());
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
