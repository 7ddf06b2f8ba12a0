package dev.espalier.server.inference;

import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.scheduling.Member;
import dev.espalier.server.tracing.Moment;
import dev.espalier.server.tracing.RequestTrace;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request between its header and its answer. Lives on one event loop.
final class PendingInference extends Member implements Inference {
    private final InferenceRequest request;
    private final ServedModel model;
    private final RequestValidator.Validated validated;
    private final Responder responder;
    private final InternalErrors errors;
    private final @Nullable RequestTrace trace;

    /// For which a model makes this request; null where a client does.
    private final @Nullable PendingInference caller;

    private final InferenceService service;

    /// Null until its model makes one.
    private @Nullable OpenCalls calls;

    /// @param trace what is noted of it; null where it is not traced
    PendingInference(
            InferenceRequest request,
            ServedModel model,
            RequestValidator.Validated validated,
            Responder responder,
            LinkedLoop loop,
            InternalErrors errors,
            @Nullable PendingInference caller,
            InferenceService service,
            @Nullable RequestTrace trace) {
        super(loop, validated.placement(), request.timeoutMicros());
        this.request = request;
        this.model = model;
        this.validated = validated;
        this.responder = responder;
        this.errors = errors;
        this.caller = caller;
        this.service = service;
        this.trace = trace;
        if (trace != null) {
            trace.at(Moment.REQUEST_START, openedAt());
        }
    }

    @Override
    protected String label() {
        return RequestValidator.prefix(request.id());
    }

    @Override
    protected List<FairShare> shares() {
        return responder.shares();
    }

    @Override
    public ByteBuffer input(int index) throws ServingException {
        model.scheduler().place(this);
        return view(validated.positions()[index]);
    }

    @Override
    public void reserve(int index, long bytes) throws ServingException {
        makePages(validated.positions()[index], bytes);
    }

    @Override
    public void submit() {
        try {
            model.scheduler().place(this);
            long[] sizes = placement().byteSizes();
            for (int position = 0; position < sizes.length; position++) {
                makePages(position, sizes[position]);
            }
            checkStrings();
        } catch (ServingException failure) {
            refuse(failure);
            responder.failed(failure);
            return;
        }
        if (trace != null) {
            trace.submitted();
        }
        model.scheduler().submit(this);
    }

    /// Strings can be counted only when they are there.
    private void checkStrings() throws ServingException {
        for (int position = 0; position < placement().types().length; position++) {
            if (placement().types()[position] == DataType.BYTES) {
                checkStrings(position);
            }
        }
    }

    private void checkStrings(int position) throws ServingException {
        for (int i = 0; i < validated.positions().length; i++) {
            if (validated.positions()[i] == position) {
                StringCheck.check(
                        view(position),
                        Shape.elementCount(placement().shapes()[position]),
                        request,
                        request.inputs().get(i).name());
            }
        }
    }

    @Override
    public void cancel() {
        stop();
        if (trace != null) {
            trace.failed("given up");
        }
    }

    @Override
    public void refuse(ServingException reason) {
        stop();
        if (trace != null) {
            trace.failed(reason.text());
        }
    }

    private void stop() {
        model.scheduler().cancel(this);
    }

    @Override
    public boolean isDecoupled() {
        return model.plan().decoupled();
    }

    @Override
    protected void completed(ExecutionOutcome.Done outcome, int batchRows, int row) {
        tell(outcome, batchRows, row, true);
    }

    @Override
    protected void answered(ExecutionOutcome.Done answer, boolean last) {
        if (!last && !isDecoupled()) {
            answer.answer().release();
            stop();
            failed(notDecoupled("has more than one answer to a request"));
            return;
        }
        tell(answer, ResultSlice.OWN, 0, last);
    }

    private void tell(ExecutionOutcome.Done outcome, int batchRows, int row, boolean last) {
        if (trace != null) {
            note(trace, outcome, batchRows);
        }
        InferenceResult result;
        try {
            result = ResultSlice.of(request, model, validated, outcome, batchRows, row);
        } catch (ServingException failure) {
            outcome.answer().release();
            endEarly(last);
            failed(failure);
            return;
        } catch (Throwable failure) {
            outcome.answer().release();
            endEarly(last);
            broken(failure);
            return;
        }
        try {
            if (last) {
                responder.completed(trace == null ? result : new TracedResult(result, trace));
            } else {
                if (trace != null) {
                    trace.at(Moment.INFER_RESPONSE_COMPLETE, System.nanoTime());
                }
                responder.answered(result);
            }
        } catch (Throwable failure) {
            errors.report("answer", model.name(), failure);
        }
    }

    /// Notes an execution of which this request has an answer. The first answer's times are those that count.
    private void note(RequestTrace noted, ExecutionOutcome.Done outcome, int batchRows) {
        noted.ran(outcome.begun(), outcome.called(), outcome.returned(), outcome.finished());
        if (batchRows != ResultSlice.OWN) {
            noted.batch(placement().rows(), batchRows);
        }
    }

    /// Has a model stop that would answer a request on and on which has failed.
    private void endEarly(boolean last) {
        if (!last) {
            stop();
        }
    }

    private ServingException notDecoupled(String what) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "model '%s' %s (expected: one; for more or fewer, say model_transaction_policy { decoupled: true })"
                        .formatted(model.name(), what));
    }

    @Override
    protected void finished() {
        if (!isDecoupled()) {
            failed(notDecoupled("has no answer to a request"));
            return;
        }
        try {
            responder.finished();
        } catch (Throwable failure) {
            errors.report("answer", model.name(), failure);
        }
        if (trace != null) {
            trace.answered();
            trace.written();
        }
    }

    @Override
    protected void failed(ServingException failure) {
        if (trace != null) {
            trace.failed(failure.text());
        }
        try {
            responder.failed(failure);
        } catch (Throwable second) {
            errors.report("answer", model.name(), second);
        }
    }

    /// The loop and the other requests of the batch go on, whatever has happened to this one.
    private void broken(Throwable failure) {
        errors.report("inference", model.name(), failure);
        failed(ServingException.unexpected(failure));
    }

    // --- calls of its model to others

    ServedModel model() {
        return model;
    }

    /// The models that wait for each other: the one that a client has asked first, this one's last.
    List<String> chain() {
        Deque<String> chain = new ArrayDeque<>();
        for (PendingInference each = this; each != null; each = each.caller) {
            chain.addFirst(each.model.name());
        }
        return List.copyOf(chain);
    }

    /// What is left of the time-out that its client has given, in microseconds; 0 where there is none.
    private long microsLeft() {
        long passed = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - openedAt());
        return request.timeoutMicros() == 0 ? 0 : request.timeoutMicros() - passed;
    }

    /// Whether nothing is left of it.
    boolean isLate() {
        return microsLeft() < 0;
    }

    /// A request of its model, which has what this one has of its client's wishes.
    InferenceRequest inheriting(
            String modelName,
            String modelVersion,
            List<InferenceRequest.Input> inputs,
            List<InferenceRequest.RequestedOutput> outputs) {
        return new InferenceRequest(
                modelName,
                modelVersion,
                request.id(),
                inputs,
                outputs,
                request.priority(),
                Math.max(request.timeoutMicros() == 0 ? 0 : 1, microsLeft()));
    }

    @Override
    protected void called(ModelCall call) {
        OpenCalls known = calls;
        if (known == null) {
            known = new OpenCalls(this, service, errors);
            calls = known;
        }
        known.begin(call);
    }

    @Override
    protected void callOver(int number) {
        if (calls != null) {
            calls.over(number);
        }
    }

    @Override
    protected void cancelCalls() {
        if (calls != null) {
            calls.cancel();
        }
    }

    @Override
    protected void endCalls() {
        if (calls != null) {
            calls.end();
        }
    }
}
