package dev.espalier.server.inference;

import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The calls that a model makes to others for one request. On that one's loop.
final class OpenCalls {
    private final PendingInference caller;
    private final InferenceService service;
    private final InternalErrors errors;

    /// By the worker's numbers. Those that have been answered stay until that one has read the answer.
    private final Map<Integer, OpenCall> open = new HashMap<>();

    OpenCalls(PendingInference caller, InferenceService service, InternalErrors errors) {
        this.caller = caller;
        this.service = service;
        this.errors = errors;
    }

    void begin(ModelCall call) {
        ModelCalls means = service.calls();
        String refusal = refusal(call, means);
        if (means == null || refusal != null) {
            call.releaseInputs();
            call.fail(new ServingException(ErrorCode.INVALID_ARGUMENT, String.valueOf(refusal)));
            call.close();
            return;
        }
        OpenCall begun = new OpenCall(call, this, caller.loop(), means, errors);
        open.put(call.number(), begun);
        begun.begin(service, request(call), caller);
    }

    /// Why the call is not made; null where it is.
    private @Nullable String refusal(ModelCall call, @Nullable ModelCalls means) {
        String from = caller.model().name();
        String to = call.texts().model();
        if (means == null) {
            return "model '%s' calls '%s' while it is warmed up (expected: calls by then only)"
                    .formatted(from, to);
        }
        if (open.size() >= ModelCalls.MOST_OPEN || open.containsKey(call.number())) {
            return "model '%s' has %d calls open for one request (expected: at most %d, answers that have not been closed included)"
                    .formatted(from, open.size(), ModelCalls.MOST_OPEN);
        }
        if (!caller.model().calls().contains(to)) {
            return "model '%s' calls '%s' (expected: one that parameter 'calls' of its configuration names: %s)"
                    .formatted(
                            from,
                            to,
                            caller.model().calls().isEmpty()
                                    ? "none"
                                    : String.join(", ", caller.model().calls()));
        }
        List<String> chain = caller.chain();
        if (chain.contains(to)) {
            return "model '%s' calls '%s', which waits for it: %s (expected: no circle)"
                    .formatted(from, to, String.join(" calls ", chain));
        }
        if (chain.size() > ModelCalls.MOST_DEEP) {
            return "model '%s' calls '%s' at the end of %d calls: %s (expected: at most %d)"
                    .formatted(
                            from,
                            to,
                            chain.size() - 1,
                            String.join(" calls ", chain),
                            ModelCalls.MOST_DEEP);
        }
        if (caller.isLate()) {
            return "model '%s' calls '%s' after the time-out of its own request"
                    .formatted(from, to);
        }
        return null;
    }

    private InferenceRequest request(ModelCall call) {
        return caller.inheriting(
                call.texts().model(),
                call.texts().version(),
                OpenCall.inputs(call),
                call.texts().outputs().stream()
                        .map(name -> new InferenceRequest.RequestedOutput(name, 0))
                        .toList());
    }

    /// The call has come to nothing, and the worker has been told.
    void failed(ModelCall call) {
        OpenCall _ = open.remove(call.number());
    }

    /// The worker waits for a call, or reads its answer, no longer.
    void over(int number) {
        OpenCall known = open.remove(number);
        if (known != null) {
            known.end();
        }
    }

    /// Nobody waits for the request any more: calls that have not been answered are given up.
    void cancel() {
        List.copyOf(open.values()).forEach(OpenCall::cancel);
    }

    /// The worker has said its last word on the request, or is gone.
    void end() {
        List<OpenCall> left = List.copyOf(open.values());
        open.clear();
        left.forEach(OpenCall::end);
    }
}
