package dev.espalier.engine;

/// An engine's refusal: the model cannot be loaded, or an execution failed in an orderly way. The
/// message is the engine's own text, preceded by what was being done.
public sealed class EngineException extends Exception permits NoRoomException {
    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
