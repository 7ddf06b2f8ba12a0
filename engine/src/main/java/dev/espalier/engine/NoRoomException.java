package dev.espalier.engine;

/// An output of an execution finds no room now, and would as soon as other results are consumed.
public final class NoRoomException extends EngineException {
    private static final long serialVersionUID = 1L;

    public NoRoomException(String message) {
        super(message);
    }
}
