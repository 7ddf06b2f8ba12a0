package dev.espalier.server.http;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/// Decides what becomes of a request once its head is there. Used by several event loops.
interface RequestHandler {
    /// Begins to answer `request`.
    ///
    /// @return what takes its body; null where it has been refused without
    @Nullable Exchange begin(HttpConnection connection, HttpRequest request);
}
