package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.work.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The answers of a request as server-sent events, one after another as the client takes them. What waits for it stays
/// where the worker wrote it.
final class EventStream implements GenerateAnswers, Sender {
    private static final byte[] BEGIN = ResponseHead.ascii("data: ");
    private static final byte[] END = ResponseHead.ascii("\n\n");
    private static final byte[] END_OF_CHUNK = ResponseHead.ascii("\r\n");
    private static final byte[] LAST_CHUNK = ResponseHead.ascii("0\r\n\r\n");

    private final HttpConnection connection;
    private final ChannelHandlerContext context;
    private final boolean chunked;
    private final Queue<InferenceResult> waiting = new ArrayDeque<>(1);
    private @Nullable AnswerSender sending;
    private @Nullable ServingException failure;
    private boolean begun;
    private boolean encoding;
    private boolean going;
    private boolean complete;

    EventStream(HttpConnection connection) {
        this.connection = connection;
        this.context = connection.context();
        this.chunked = connection.request().takesChunks();
    }

    @Override
    public void answered(InferenceResult result) {
        waiting.add(result);
        begin(200);
    }

    @Override
    public void completed(InferenceResult result) {
        complete = true;
        answered(result);
    }

    @Override
    public void finished() {
        complete = true;
        begin(200);
    }

    /// The failure is the last event, and where it is the first one, too, the answer's status.
    @Override
    public void failed(ServingException cause) {
        complete = true;
        failure = cause;
        begin(cause.code().httpStatus());
    }

    private void begin(int status) {
        if (begun) {
            connection.sendOn();
            return;
        }
        begun = true;
        if (!chunked) {
            connection.request().closes();
        }
        ByteBuf head = context.alloc().directBuffer(ResponseHead.SIZE);
        ResponseHead.events(
                head, ResponseHead.Status.of(status), chunked, connection.persistence());
        connection.answerBegins();
        var _ = context.write(head, context.voidPromise());
        connection.send(this);
    }

    // --- what is sent

    @Override
    public boolean isWaiting() {
        return sending != null || !waiting.isEmpty();
    }

    @Override
    public boolean goOn() {
        if (going) {
            return false;
        }
        going = true;
        try {
            while (!encoding) {
                AnswerSender event = sending;
                if (event != null) {
                    if (!event.goOn()) {
                        return false;
                    }
                    sending = null;
                } else if (!context.channel().isWritable()) {
                    return false;
                } else if (!waiting.isEmpty()) {
                    encode(waiting.remove());
                } else if (failure != null) {
                    tell(failure);
                    failure = null;
                } else {
                    return complete && end();
                }
            }
            return false;
        } finally {
            going = false;
        }
    }

    private boolean end() {
        ByteBuf last = chunked ? Unpooled.wrappedBuffer(LAST_CHUNK) : Unpooled.EMPTY_BUFFER;
        var _ = context.writeAndFlush(last, context.voidPromise());
        return true;
    }

    private void encode(InferenceResult result) {
        try {
            if (GenerateResponse.work(result) <= GenerateResponse.SHORT) {
                send(result, encoded(connection.json(), result));
                return;
            }
            connection
                    .work()
                    .offload(
                            GenerateResponse.work(result),
                            () -> encoded(new JsonBuffer(), result),
                            event -> encoded(result, event));
            encoding = true;
        } catch (ServingException refused) {
            result.release();
            tell(refused);
        }
    }

    private List<AnswerPiece> encoded(JsonBuffer json, InferenceResult result)
            throws ServingException {
        return GenerateResponse.encoded(result, json, connection.heap());
    }

    private void encoded(InferenceResult result, Outcome<List<AnswerPiece>> event) {
        encoding = false;
        try {
            send(result, event.get());
        } catch (ServingException refused) {
            result.release();
            tell(refused);
        }
        connection.sendOn();
    }

    private void send(InferenceResult result, List<AnswerPiece> json) {
        result.release();
        send(json);
    }

    /// An answer that cannot be told is an event, too, and the others go on.
    private void tell(ServingException cause) {
        JsonBuffer json = connection.json();
        json.raw("{\"error\":").string(cause.text()).raw('}');
        send(json.pieces());
    }

    private void send(List<AnswerPiece> json) {
        long length = (long) BEGIN.length + END.length;
        for (AnswerPiece piece : json) {
            length += piece.length();
        }
        List<AnswerPiece> pieces = new ArrayList<>(json.size() + 4);
        if (chunked) {
            add(pieces, ResponseHead.ascii(Long.toHexString(length) + "\r\n"));
        }
        add(pieces, BEGIN);
        pieces.addAll(json);
        add(pieces, END);
        if (chunked) {
            add(pieces, END_OF_CHUNK);
        }
        sending = new AnswerSender(context, connection.heap(), pieces, () -> {});
    }

    private static void add(List<AnswerPiece> pieces, byte[] text) {
        pieces.add(new AnswerPiece(ByteBuffer.wrap(text), 0));
    }

    // --- the end

    @Override
    public void drop() {
        AnswerSender event = sending;
        sending = null;
        if (event != null) {
            event.drop();
        }
    }

    @Override
    public void abort() {
        drop();
        waiting.forEach(InferenceResult::release);
        waiting.clear();
    }
}
