package dev.espalier.sdk;

import dev.espalier.tensor.CallFailure;

/// A call of another model has come to nothing. The message is that of the model that was called, or the server's where it
/// has not come so far.
public final class CallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final CallFailure failure;

    public CallException(CallFailure failure, String message) {
        super(message);
        this.failure = failure;
    }

    /// What kind of failure it is: whether the same call may be served a little later, and whose fault it is.
    public CallFailure failure() {
        return failure;
    }
}
