package dev.espalier.server.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/// What the head of the request under way says about its answer.
final class CurrentRequest {
    /// How much of its line the log tells.
    private static final int LONGEST_TOLD = 200;

    private final String target;
    private final boolean headOnly;
    private final boolean takesChunks;
    private ResponseHead.Persistence persistence;

    private CurrentRequest(
            String target,
            boolean headOnly,
            boolean takesChunks,
            ResponseHead.Persistence persistence) {
        this.target = target;
        this.headOnly = headOnly;
        this.takesChunks = takesChunks;
        this.persistence = persistence;
    }

    /// Before the first request.
    static CurrentRequest none() {
        return new CurrentRequest("", false, false, ResponseHead.Persistence.DEFAULT);
    }

    static CurrentRequest of(HttpRequest request, boolean stopping) {
        return new CurrentRequest(
                request.uri(),
                request.method().name().equals("HEAD"),
                !request.protocolVersion().equals(HttpVersion.HTTP_1_0),
                ResponseHead.Persistence.of(request, stopping));
    }

    /// Whether the answer has no body.
    boolean isHeadOnly() {
        return headOnly;
    }

    /// Whether the answer's body may come in chunks; otherwise its end is the connection's.
    boolean takesChunks() {
        return takesChunks;
    }

    ResponseHead.Persistence persistence() {
        return persistence;
    }

    /// The connection is closed behind the answer.
    void closes() {
        persistence = ResponseHead.Persistence.CLOSED;
    }

    /// The request, for the log.
    String told() {
        return target.length() > LONGEST_TOLD ? target.substring(0, LONGEST_TOLD) : target;
    }
}
