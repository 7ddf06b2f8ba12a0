package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;

/// A request of any route but inference: what its body says does not matter.
final class SmallExchange implements Exchange {
    private static final int MAX_BODY = 1 << 20;

    private final HttpConnection connection;
    private final SmallRoutes routes;
    private final Route route;
    private long bodySize;

    SmallExchange(HttpConnection connection, SmallRoutes routes, Route route) {
        this.connection = connection;
        this.routes = routes;
        this.route = route;
    }

    @Override
    public void content(ByteBuf content) {
        bodySize += content.readableBytes();
        if (bodySize > MAX_BODY) {
            connection.refuse(
                    Reply.error(
                            ErrorCode.INVALID_ARGUMENT.httpStatus(),
                            "request body of more than %d bytes is too large for this route"
                                    .formatted(MAX_BODY)));
        }
    }

    @Override
    public void end() {
        if (route.operation().waits()) {
            connection
                    .work()
                    .await(route.operation().name(), () -> routes.answer(route), connection::reply);
            return;
        }
        Reply reply;
        try {
            reply = routes.answer(route);
        } catch (ServingException failure) {
            connection.fail(failure);
            return;
        }
        connection.reply(reply);
    }

    @Override
    public void abort() {}
}
