package dev.espalier.server.inference;

import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
        try {
            check(call, means);
        } catch (ServingException refusal) {
            call.releaseInputs();
            call.fail(refusal);
            call.close();
            return;
        }
        OpenCall begun =
                new OpenCall(
                        call,
                        this,
                        caller.loop(),
                        caller.shares(),
                        Objects.requireNonNull(means),
                        errors);
        open.put(call.number(), begun);
        begun.begin(service, request(call), caller);
    }

    /// @throws ServingException when the call is not made
    private void check(ModelCall call, @Nullable ModelCalls means) throws ServingException {
        String from = caller.model().name();
        String to = call.texts().model();
        Set<String> named = caller.model().calls();
        if (means == null) {
            throw refusal(
                    "model '%s' calls '%s' while it is warmed up (expected: no call in a warm-up sample)"
                            .formatted(from, to));
        }
        if (open.size() >= ModelCalls.MOST_OPEN || open.containsKey(call.number())) {
            throw refusal(
                    "model '%s' has %d calls open for one request (expected: at most %d, answers that have not been closed included)"
                            .formatted(from, open.size(), ModelCalls.MOST_OPEN));
        }
        if (!named.contains(to)) {
            throw refusal(
                    "model '%s' calls '%s' (expected: one that parameter 'calls' of its configuration names: %s)"
                            .formatted(
                                    from, to, named.isEmpty() ? "none" : String.join(", ", named)));
        }
        List<String> chain = caller.chain();
        if (chain.contains(to)) {
            throw refusal(
                    "model '%s' calls '%s', which waits for it: %s (expected: no circle)"
                            .formatted(from, to, String.join(" calls ", chain)));
        }
        if (chain.size() > ModelCalls.MOST_DEEP) {
            throw refusal(
                    "model '%s' calls '%s' at the end of %d calls: %s (expected: at most %d)"
                            .formatted(
                                    from,
                                    to,
                                    chain.size() - 1,
                                    String.join(" calls ", chain),
                                    ModelCalls.MOST_DEEP));
        }
        if (caller.isLate()) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "model '%s' calls '%s' after the time-out of its own request"
                            .formatted(from, to));
        }
    }

    private static ServingException refusal(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
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
