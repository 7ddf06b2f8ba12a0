package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// A small answer: anything but a result.
///
/// @param extraHeaders whole header lines, each with its end
record Reply(int status, String extraHeaders, String contentType, byte[] body) {
    private static final byte[] NOTHING = new byte[0];
    private static final String RETRY_AFTER = "Retry-After: 1\r\n";
    static final String JSON = "application/json";

    /// The answer as bytes, without its body where `headOnly`.
    ByteBuf written(
            ByteBufAllocator allocator, ResponseHead.Persistence persistence, boolean headOnly) {
        ByteBuf out = allocator.directBuffer(ResponseHead.SIZE + body.length);
        ResponseHead.plain(
                out,
                ResponseHead.Status.of(status),
                extraHeaders,
                contentType,
                body.length,
                persistence);
        return headOnly ? out : out.writeBytes(body);
    }

    static Reply empty(int status) {
        return new Reply(status, "", JSON, NOTHING);
    }

    static Reply json(JsonBuffer json) {
        return new Reply(200, "", JSON, json.bytes());
    }

    static Reply error(int status, String text) {
        return error(status, "", text);
    }

    static Reply error(int status, String extraHeaders, String text) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"error\":").string(text).raw('}');
        return new Reply(status, extraHeaders, JSON, json.bytes());
    }

    /// A request that cannot be served.
    static Reply error(ServingException failure) {
        String headers = failure.code() == ErrorCode.OVERLOADED ? RETRY_AFTER : "";
        return error(failure.code().httpStatus(), headers, failure.text());
    }

    static Reply notFound() {
        return error(404, "Not Found");
    }

    static Reply methodNotAllowed() {
        return error(405, "Method Not Allowed");
    }

    /// Only who sends a header with the right value is answered.
    static Reply restricted(String header) {
        return error(403, "This API is restricted, expecting header '" + header + "'");
    }

    /// Nobody else is taken at the moment.
    static Reply tooManyConnections() {
        return error(
                ErrorCode.OVERLOADED.httpStatus(),
                RETRY_AFTER,
                "the server has as many connections as it takes (see --http-max-connections)");
    }

    /// The client's HTTP is broken.
    static Reply brokenRequest(@Nullable Throwable cause) {
        String detail =
                cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return error(400, "this is no valid HTTP request" + detail);
    }
}
