package dev.espalier.server.tracing;

import org.jspecify.annotations.Nullable;

/// A request that has begun to come while some are traced: what its protocol knows before its model is known. Used by
/// the request's event loop.
public final class Arrival {
    private final Tracing tracing;
    private final Door door;
    private final @Nullable TraceParent parent;
    private final long begun = System.nanoTime();
    private long read;

    Arrival(Tracing tracing, Door door, @Nullable TraceParent parent) {
        this.tracing = tracing;
        this.door = door;
        this.parent = parent;
    }

    /// The request's last byte has come.
    public void read() {
        read = System.nanoTime();
    }

    /// The request's trace, or null where this one is not taken.
    public @Nullable RequestTrace begin(RequestTrace.Subject subject) {
        TraceSampler sampler = tracing.sampler(subject.model());
        if (!sampler.takes(parent)) {
            return null;
        }
        tracing.taken(sampler);
        return new RequestTrace(tracing, sampler, subject, this);
    }

    Door door() {
        return door;
    }

    @Nullable TraceParent parent() {
        return parent;
    }

    long begun() {
        return begun;
    }

    /// When the last byte came; 0 where it has not been told.
    long readAt() {
        return read;
    }
}
