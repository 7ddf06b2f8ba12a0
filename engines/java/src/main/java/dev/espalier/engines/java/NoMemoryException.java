package dev.espalier.engines.java;

import dev.espalier.engine.EngineException;

/// There is no memory for an answer, as the model sees it.
final class NoMemoryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final EngineException reason;

    NoMemoryException(EngineException reason) {
        super(reason.getMessage(), reason);
        this.reason = reason;
    }

    /// As the worker says it.
    EngineException reason() {
        return reason;
    }
}
