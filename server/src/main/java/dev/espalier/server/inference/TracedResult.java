package dev.espalier.server.inference;

import dev.espalier.server.tracing.RequestTrace;

/// The result of a request that is traced: its release is the end of the trace.
final class TracedResult extends ForwardedResult {
    private final RequestTrace trace;

    TracedResult(InferenceResult result, RequestTrace trace) {
        super(result);
        this.trace = trace;
        trace.answered();
    }

    @Override
    public void release() {
        super.release();
        trace.written();
    }
}
