package dev.espalier.server.failure;

/// The kind of a failure. It alone decides the HTTP and the gRPC status.
public enum ErrorCode {
    UNKNOWN(400, 2),
    INTERNAL(500, 13),
    NOT_FOUND(404, 5),
    INVALID_ARGUMENT(400, 3),
    UNAVAILABLE(503, 14),
    /// Unavailable for a moment: the same request may be served a little later.
    OVERLOADED(503, 14),
    UNSUPPORTED(501, 12),
    ALREADY_EXISTS(400, 6),
    CANCELLED(400, 1),
    /// The client takes too long over its part.
    TOO_SLOW(408, 4);

    private final int httpStatus;
    private final int grpcStatus;

    ErrorCode(int httpStatus, int grpcStatus) {
        this.httpStatus = httpStatus;
        this.grpcStatus = grpcStatus;
    }

    /// The HTTP status code.
    public int httpStatus() {
        return httpStatus;
    }

    /// The number of the gRPC status.
    public int grpcStatus() {
        return grpcStatus;
    }
}
