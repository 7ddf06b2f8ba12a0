package dev.espalier.engine;

import java.util.List;

/// A model that answers each request for itself: any number of times, in its own time, from whatever thread. What a
/// decoupled model is, and also one whose requests of a batch fail one by one.
public non-sealed interface DecoupledInstance extends Instance {
    /// Begins the requests of an execution: one, or those of a batch, in the order of their rows.
    ///
    /// The instance's own thread calls this, one execution at a time. The call may return before its requests have been
    /// answered; the next execution begins then, so that any number of requests may be open at a time. Each request must
    /// be ended once ([Request#finish], [Request#fail] or [Answer#sendLast]).
    ///
    /// @throws EngineException when the requests cannot be served; those that are still open fail with its message, and the
    ///     instance stays usable
    void begin(List<Request> requests) throws EngineException;
}
