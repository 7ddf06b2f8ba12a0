package dev.espalier.server.failure;

/// A request or a model cannot be served. The message goes to the client as it is: what, which
/// value, what was expected.
public final class ServingException extends Exception {
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

    public ErrorCode code() {
        return code;
    }

    /// The message, never null.
    public String text() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
