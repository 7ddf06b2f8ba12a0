package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/// A request about the model repository: it may take as long as a model takes to load, so it is answered
/// by a virtual thread, and only the answer is written by the connection's event loop.
final class RepositoryExchange implements Exchange {
    private final HttpConnection connection;
    private final RepositoryRoutes routes;
    private final Route route;
    private final long maxBody;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private boolean aborted;

    /// @param maxBody the largest body in bytes
    RepositoryExchange(
            HttpConnection connection, RepositoryRoutes routes, Route route, long maxBody) {
        this.connection = connection;
        this.routes = routes;
        this.route = route;
        this.maxBody = maxBody;
    }

    @Override
    public void content(ByteBuf content) {
        if (body.size() + (long) content.readableBytes() > maxBody) {
            connection.refuse(
                    Reply.error(
                            ErrorCode.INVALID_ARGUMENT.httpStatus(),
                            "request body of more than %d bytes is too large (see --http-max-input-size)"
                                    .formatted(maxBody)));
            return;
        }
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        body.writeBytes(bytes);
    }

    @Override
    public void end() {
        Thread _ = Thread.ofVirtual().name(route.operation().name()).start(this::answer);
    }

    private void answer() {
        Reply reply = reply();
        connection
                .context()
                .executor()
                .execute(() -> {
                    if (!aborted) {
                        connection.reply(reply);
                    }
                });
    }

    private Reply reply() {
        try {
            return routes.answer(route, body.toByteArray());
        } catch (ServingException failure) {
            return Reply.error(failure);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Reply.error(ErrorCode.UNAVAILABLE.httpStatus(), "the server is stopping");
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }
}
