package dev.espalier.engine;

import dev.espalier.tensor.CallFailure;

/// A call of another model has come to nothing. The message is that model's, or the server's.
public final class CallFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final CallFailure failure;

    public CallFailedException(CallFailure failure, String message) {
        super(message);
        this.failure = failure;
    }

    public CallFailure failure() {
        return failure;
    }
}
