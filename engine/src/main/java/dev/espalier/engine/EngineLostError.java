package dev.espalier.engine;

/// An engine can do nothing any more in this process, as after an illegal access on a GPU: every further call
/// fails. The process must end, and another one goes on. Not an [EngineException], after which an instance
/// stays usable.
public final class EngineLostError extends Error {
    private static final long serialVersionUID = 1L;

    public EngineLostError(String message) {
        super(message);
    }
}
