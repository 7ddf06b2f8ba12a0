package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.work.Outcome;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer of a request that has exactly one, told when no other can follow.
final class SingleAnswer implements GenerateAnswers {
    private final HttpConnection connection;

    /// Stops what would answer once more.
    private final Runnable cancel;

    private @Nullable InferenceResult held;

    SingleAnswer(HttpConnection connection, Runnable cancel) {
        this.connection = connection;
        this.cancel = cancel;
    }

    @Override
    public void answered(InferenceResult result) {
        if (held == null) {
            held = result;
        } else {
            result.release();
            cancel.run();
            failed(notOne());
        }
    }

    @Override
    public void completed(InferenceResult result) {
        if (held == null) {
            held = result;
            finished();
        } else {
            result.release();
            failed(notOne());
        }
    }

    @Override
    public void finished() {
        InferenceResult only = held;
        if (only == null) {
            failed(notOne());
            return;
        }
        try {
            if (GenerateResponse.work(only) <= GenerateResponse.SHORT) {
                send(encoded(connection.json(), only));
            } else {
                connection
                        .work()
                        .offload(
                                GenerateResponse.work(only),
                                () -> encoded(new JsonBuffer(), only),
                                this::send);
            }
        } catch (ServingException refused) {
            failed(refused);
        }
    }

    private List<AnswerPiece> encoded(JsonBuffer json, InferenceResult result)
            throws ServingException {
        return GenerateResponse.encoded(result, json, connection.heap());
    }

    private void send(Outcome<List<AnswerPiece>> encoded) {
        try {
            send(encoded.get());
        } catch (ServingException refused) {
            failed(refused);
        }
    }

    private void send(List<AnswerPiece> pieces) {
        release();
        long length = pieces.stream().mapToLong(AnswerPiece::length).sum();
        ByteBuf head = connection.context().alloc().directBuffer(ResponseHead.SIZE);
        ResponseHead.result(
                head, -1, ContentCoding.IDENTITY.headerLine(), length, connection.persistence());
        connection.answerBegins();
        var _ = connection.context().write(head, connection.context().voidPromise());
        connection.send(
                new AnswerSender(connection.context(), connection.heap(), pieces, () -> {}));
    }

    private static ServingException notOne() {
        return new ServingException(
                ErrorCode.INTERNAL,
                "generate expects model to produce exactly 1 response, use generate stream for model that generates various number of responses");
    }

    @Override
    public void failed(ServingException cause) {
        release();
        connection.fail(cause);
    }

    private void release() {
        InferenceResult unused = held;
        held = null;
        if (unused != null) {
            unused.release();
        }
    }

    @Override
    public void abort() {
        release();
    }
}
