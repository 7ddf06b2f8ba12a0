package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import java.util.List;

/// A result that says what another one says, but for what its subclass says otherwise.
public abstract class ForwardedResult implements InferenceResult {
    private final InferenceResult result;

    protected ForwardedResult(InferenceResult result) {
        this.result = result;
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
    }
}
