package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// What the headers of an inference request say about its body.
///
/// @param length the body's length; -1 where it is told only by its end
/// @param jsonLength the length of the JSON at its begin; 0 for none (a raw request), -1 where the
///     whole body is JSON
/// @param headerText how the client gave `jsonLength`
/// @param inflater what decompresses the body; null where it is plain
record InferBody(long length, long jsonLength, String headerText, @Nullable BodyInflater inflater) {
    private static final AsciiString HEADER_LENGTH =
            AsciiString.cached("inference-header-content-length");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString CONTENT_ENCODING = AsciiString.cached("content-encoding");

    /// @throws ServingException when the headers contradict each other, or ask for too much
    static InferBody of(HttpRequest request, long maxInputSize, BudgetShare heap)
            throws ServingException {
        HttpHeaders headers = request.headers();
        long sent = contentLength(headers);
        if (sent > maxInputSize) {
            throw tooLarge(Long.toString(sent), maxInputSize);
        }
        String encoding = headers.get(CONTENT_ENCODING);
        boolean plain = encoding == null || encoding.equals("identity");
        long length = plain ? sent : -1;
        String headerText = headers.get(HEADER_LENGTH);
        long jsonLength = -1;
        if (headerText != null) {
            jsonLength = jsonLength(headerText.strip());
            boolean outside = jsonLength < 0 || length >= 0 && jsonLength > length;
            if (outside && length >= 0) {
                throw headerOutOfRange(length, headerText);
            }
            // The range is told only at the body's end, which this length never reaches.
            jsonLength = outside ? Long.MAX_VALUE : jsonLength;
        }
        return new InferBody(
                length,
                jsonLength,
                headerText == null ? "" : headerText,
                plain || encoding == null ? null : BodyInflater.of(encoding, heap));
    }

    /// Whether the client announces more than is taken, so that the body is better not read at all.
    static boolean isTooLarge(HttpRequest request, long maxInputSize) {
        return contentLength(request.headers()) > maxInputSize;
    }

    private static long contentLength(HttpHeaders headers) {
        String text = headers.get(CONTENT_LENGTH);
        // The decoder has checked it.
        return text == null ? -1 : Long.parseLong(text.strip());
    }

    private static long jsonLength(String text) throws ServingException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Long.MAX_VALUE;
            }
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Unable to parse Inference-Header-Content-Length, got: " + text);
        }
    }

    static ServingException headerOutOfRange(long length, String got) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "inference header size should be in range (0, %d), got: %s".formatted(length, got));
    }

    static ServingException tooLarge(String size, long maxInputSize) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "request body of %s bytes is too large (expected: at most %d, the value of --http-max-input-size)"
                        .formatted(size, maxInputSize));
    }

    boolean isRaw() {
        return jsonLength == 0;
    }

    /// How many bytes follow the JSON; -1 where that is not known yet.
    long behindJson() {
        return length < 0 ? -1 : length - jsonLength;
    }
}
