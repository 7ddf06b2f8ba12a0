package dev.espalier.server.failure;

/// A request or a model cannot be served. The message goes to the client as it is: what, which
/// value, what was expected.
public class ServingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public ServingException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public ServingException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// An error that nobody expected, as the client is told of it whose request it ends.
    public static ServingException unexpected(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return new ServingException(
                    ErrorCode.OVERLOADED,
                    "no memory for this request; try again later or send and ask for binary"
                            + " tensors",
                    failure);
        }
        return new ServingException(
                ErrorCode.INTERNAL,
                "the server failed at this request: %s (its log has the stack)"
                        .formatted(failure.getClass().getSimpleName()),
                failure);
    }

    /// Nobody waits for the answer any more.
    public static ServingException cancelled() {
        return new ServingException(ErrorCode.CANCELLED, "the client is gone");
    }

    /// The server ends before the request has been answered.
    public static ServingException stopping(Exception cause) {
        return new ServingException(ErrorCode.UNAVAILABLE, "the server is stopping", cause);
    }

    public ErrorCode code() {
        return code;
    }

    /// The message, never null.
    public String text() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
