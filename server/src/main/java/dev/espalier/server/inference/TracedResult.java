package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.tracing.RequestTrace;
import java.util.List;

/// The result of a request that is traced: its release is the end of the trace.
final class TracedResult implements InferenceResult {
    private final InferenceResult result;
    private final RequestTrace trace;

    TracedResult(InferenceResult result, RequestTrace trace) {
        this.result = result;
        this.trace = trace;
        trace.answered();
    }

    @Override
    public String modelName() {
        return result.modelName();
    }

    @Override
    public String modelVersion() {
        return result.modelVersion();
    }

    @Override
    public String id() {
        return result.id();
    }

    @Override
    public List<Output> outputs() {
        return result.outputs();
    }

    @Override
    public long rankingWork() {
        return result.rankingWork();
    }

    @Override
    public InferenceResult ranked(BudgetShare heap) throws ServingException {
        return result.ranked(heap);
    }

    @Override
    public void release() {
        result.release();
        trace.written();
    }
}
