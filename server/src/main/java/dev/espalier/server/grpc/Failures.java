package dev.espalier.server.grpc;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.grpc.Status;

/// Failures of gRPC calls, and their statuses.
final class Failures {
    /// Clients refuse longer trailers, and then show no text at all.
    private static final int LONGEST_TEXT = 4000;

    private Failures() {}

    static Status status(ServingException failure) {
        String text = failure.text();
        return Status.fromCodeValue(failure.code().grpcStatus())
                .withDescription(
                        text.length() <= LONGEST_TEXT
                                ? text
                                : text.substring(0, LONGEST_TEXT) + "...");
    }

    /// The message is not what it should be, in the words of Triton.
    static ServingException malformed() {
        return internal("Unable to parse request");
    }

    static ServingException invalid(String message) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, message);
    }

    static ServingException internal(String message) {
        return new ServingException(ErrorCode.INTERNAL, message);
    }
}
