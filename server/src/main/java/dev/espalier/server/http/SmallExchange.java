package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/// A request of any route but inference: its body is small, and gathered.
final class SmallExchange implements Exchange {
    private static final int MAX_BODY = 1 << 20;

    private final HttpConnection connection;
    private final SmallRoutes routes;
    private final Route route;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

    SmallExchange(HttpConnection connection, SmallRoutes routes, Route route) {
        this.connection = connection;
        this.routes = routes;
        this.route = route;
    }

    @Override
    public void content(ByteBuf content) {
        if (body.size() + (long) content.readableBytes() > MAX_BODY) {
            connection.refuse(
                    Reply.error(
                            ErrorCode.INVALID_ARGUMENT.httpStatus(),
                            "request body of more than %d bytes is too large for this route"
                                    .formatted(MAX_BODY)));
            return;
        }
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        body.writeBytes(bytes);
    }

    @Override
    public void end() {
        Reply reply;
        try {
            reply = routes.answer(route, body.toByteArray());
        } catch (ServingException failure) {
            connection.fail(failure);
            return;
        }
        connection.reply(reply);
    }

    @Override
    public void abort() {}
}
