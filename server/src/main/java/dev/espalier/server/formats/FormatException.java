package dev.espalier.server.formats;

/// A model file is not what its format demands.
public final class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }
}
