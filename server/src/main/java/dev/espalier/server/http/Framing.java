package dev.espalier.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a request ends, and whom it is for, by RFC 9112's letter. What says it in two ways is refused, and its
/// connection closed: somebody between client and server may have read it the other way.
final class Framing {
    private static final String CHUNKED = "chunked";

    private Framing() {}

    /// Why a request cannot be taken, or null where it can.
    static @Nullable Reply check(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Reply.brokenRequest(request.decoderResult().cause());
        }
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) {
            return Reply.error(
                    505,
                    "the version %s is not spoken here (expected: HTTP/1.1 or HTTP/1.0)"
                            .formatted(version.text()));
        }
        boolean first = version.minorVersion() == 0;
        Reply refused = host(request.headers(), first);
        return refused == null ? length(request.headers(), first) : refused;
    }

    private static @Nullable Reply host(HttpHeaders headers, boolean first) {
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || hosts.isEmpty() && !first) {
            return Reply.error(
                    400, "the request has %d Host headers (expected: one)".formatted(hosts.size()));
        }
        String host = hosts.isEmpty() ? "" : hosts.getFirst();
        for (int i = 0; i < host.length(); i++) {
            if ("/\\@?# \t,<>\"".indexOf(host.charAt(i)) >= 0 || host.charAt(i) > '~') {
                return Reply.error(
                        400, "Host: '%s' (expected: a name and perhaps a port)".formatted(host));
            }
        }
        return null;
    }

    private static @Nullable Reply length(HttpHeaders headers, boolean first) {
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return null;
        }
        String coding = String.join(", ", codings).strip();
        if (first || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return Reply.error(
                    400,
                    "Transfer-Encoding: '%s' in a request %s (expected: one way to tell the body's end)"
                            .formatted(coding, first ? "of HTTP/1.0" : "with a Content-Length"));
        }
        if (coding.equalsIgnoreCase(CHUNKED)) {
            return null;
        }
        boolean ends = coding.toLowerCase(Locale.ROOT).endsWith(CHUNKED);
        return Reply.error(
                ends ? 501 : 400,
                "Transfer-Encoding: '%s' (expected: chunked and nothing else)".formatted(coding));
    }

    /// The path and query of a request's target, which may begin with the scheme and the server's name.
    static String path(String target) {
        int scheme = target.indexOf("://");
        if (scheme < 0
                || !target.regionMatches(true, 0, "http", 0, 4)
                || scheme != 4 && !(scheme == 5 && target.regionMatches(true, 4, "s", 0, 1))) {
            return target;
        }
        int path = target.indexOf('/', scheme + 3);
        return path < 0 ? "/" : target.substring(path);
    }
}
