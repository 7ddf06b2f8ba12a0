package dev.espalier.server.inference;

import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.work.WorkPool;

/// Takes requests with tensors in regions of their clients' shared memory through the path of all others: before its
/// inputs are handed over they are read from there to IN, and its outputs are written there before it is answered. All
/// other requests go straight on.
public final class RegionInferences implements Inferences {
    private final Inferences inferences;
    private final LinkedLoops loops;
    private final WorkPool copiers;
    private final InternalErrors errors;

    /// @param copiers wait for the clients' files, and nothing else may have to wait for them
    public RegionInferences(
            Inferences inferences, LinkedLoops loops, WorkPool copiers, InternalErrors errors) {
        this.inferences = inferences;
        this.loops = loops;
        this.copiers = copiers;
        this.errors = errors;
    }

    @Override
    public Inference open(InferenceRequest request, Responder responder) throws ServingException {
        if (request.ranges().isEmpty()) {
            return inferences.open(request, responder);
        }
        RegionCopies copies =
                new RegionCopies(request.modelName(), loops.current(), copiers, errors);
        RegionInference opened = new RegionInference(request, responder, copies);
        opened.openWith(inferences);
        return opened;
    }
}
