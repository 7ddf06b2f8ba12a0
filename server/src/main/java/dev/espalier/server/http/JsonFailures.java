package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;

/// What clients are told about JSON that is broken or of the wrong shape, in the words of the servers
/// that they know: both are internal errors there.
final class JsonFailures {
    private JsonFailures() {}

    /// The text is no JSON.
    static ServingException syntax(String what, long offset) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "failed to parse the request JSON buffer: %s at %d".formatted(what, offset));
    }

    static ServingException syntax(JsonProcessingException failure) {
        long offset = failure.getLocation() == null ? 0 : failure.getLocation().getByteOffset();
        return syntax(failure.getOriginalMessage(), Math.max(0, offset));
    }

    /// Checks that nothing follows the value that has been read.
    static void checkEnd(JsonParser json) throws IOException, ServingException {
        if (json.nextToken() != null) {
            throw syntax(
                    "The document root must not be followed by other values.",
                    json.currentTokenLocation().getByteOffset());
        }
    }

    static ServingException missing(String member) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "Unable to parse '%s': attempt to access non-existing object member '%s'"
                        .formatted(member, member));
    }

    /// A member has the wrong type: `is` none, such as `non-array as array`.
    static ServingException wrongType(String member, String is) {
        return new ServingException(
                ErrorCode.INTERNAL,
                "Unable to parse '%s': attempt to access JSON %s".formatted(member, is));
    }
}
