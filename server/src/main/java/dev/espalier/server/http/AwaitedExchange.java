package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.GatheredBytes;
import dev.espalier.server.work.Outcome;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A request whose body is read as a whole and whose answer waits, for models to be loaded or for files: it is given by a
/// virtual thread, and only written by the connection's event loop.
final class AwaitedExchange implements Exchange {
    /// The longest body that says no more than a few words.
    private static final long SHORT = 1 << 20;

    private final HttpConnection connection;
    private final Answer answer;
    private final Route route;
    private final long maxBody;
    private final GatheredBytes body;

    /// What the reading of the body takes: its text, and the files that stand in it.
    private long counted;

    private @Nullable ServingException failure;

    /// What answers it.
    interface Answer {
        /// Waits as long as it takes.
        Reply to(Route route, byte[] body) throws ServingException, InterruptedException;
    }

    /// @param maxInput the largest body in bytes
    AwaitedExchange(HttpConnection connection, Answer answer, Route route, long maxInput) {
        this.connection = connection;
        this.answer = answer;
        this.route = route;
        this.maxBody =
                route.operation() == Operation.MODEL_LOAD ? maxInput : Math.min(SHORT, maxInput);
        this.body = new GatheredBytes(connection.heap());
    }

    @Override
    public void content(ByteBuf content) {
        if (failure != null) {
            return;
        }
        if (body.length() + (long) content.readableBytes() > maxBody) {
            abort();
            connection.refuse(
                    Reply.error(
                            ErrorCode.INVALID_ARGUMENT.httpStatus(),
                            "request body of more than %d bytes is too large for this route%s"
                                    .formatted(
                                            maxBody,
                                            route.operation() == Operation.MODEL_LOAD
                                                    ? " (see --http-max-input-size)"
                                                    : "")));
            return;
        }
        try {
            body.add(content.nioBuffer());
        } catch (ServingException refused) {
            failure = refused;
            abort();
        }
    }

    @Override
    public void end() {
        if (failure != null) {
            connection.fail(failure);
            return;
        }
        long size = 2L * body.length();
        try {
            connection.heap().take(size);
            counted = size;
        } catch (ServingException refused) {
            abort();
            connection.fail(refused);
            return;
        }
        connection.work().await(route.operation().name(), this::reply, this::answer);
    }

    private Reply reply() throws ServingException, InterruptedException {
        return answer.to(route, Arrays.copyOf(body.array(), body.length()));
    }

    private void answer(Outcome<Reply> outcome) {
        abort();
        connection.reply(outcome);
    }

    @Override
    public void abort() {
        body.close();
        connection.heap().give(counted);
        counted = 0;
    }
}
