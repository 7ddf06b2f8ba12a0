package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.tensor.DataType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The answer to an inference request: the JSON, and behind it the binary outputs straight from
/// the memory that the worker wrote them to.
///
/// It is encoded on any thread, and sent on the connection's.
final class InferResponse {
    /// What is less work than this is encoded on the loop.
    static final long SHORT = 256 << 10;

    /// About how many bytes of JSON a byte of a tensor becomes.
    private static final int JSON_A_BYTE = 4;

    /// How much more work than a byte of JSON it is to compress a byte, and to rank an element.
    private static final int COMPRESSING = 4;

    private final BudgetShare heap;
    private final InferPlan plan;
    private final JsonBuffer json;
    private final List<ByteBuffer> tensors = new ArrayList<>(2);
    private final ContentCoding coding;
    private long tensorBytes;
    private long jsonLength;

    /// Where the whole body lies that has been compressed.
    private List<AnswerPiece> compressed = List.of();

    private InferResponse(JsonBuffer json, BudgetShare heap, InferPlan plan, ContentCoding coding) {
        this.json = json;
        this.heap = heap;
        this.plan = plan;
        this.coding = coding;
    }

    /// How much work it is to encode an answer: one for each byte of JSON, or what takes as long.
    static long work(InferPlan plan, InferenceResult result, ContentCoding coding) {
        long work = result.rankingWork();
        long plain = 0;
        for (InferenceResult.Output output : result.outputs()) {
            int size = output.data().remaining();
            if (plan.isBinary(output.name())) {
                plain += size;
            } else {
                work += (long) JSON_A_BYTE * size;
                plain += (long) JSON_A_BYTE * size;
            }
        }
        return work + (coding == ContentCoding.IDENTITY ? 0 : COMPRESSING * plain);
    }

    /// Encodes an answer, which may be called on any thread.
    ///
    /// @throws ServingException when it cannot be answered so, or there is no room for it
    static InferResponse encode(
            JsonBuffer json,
            BudgetShare heap,
            InferPlan plan,
            InferenceResult result,
            ContentCoding coding)
            throws ServingException {
        InferResponse response = new InferResponse(json, heap, plan, coding);
        boolean encoded = false;
        try {
            response.describe(result.ranked(heap));
            response.jsonLength = response.tensorBytes > 0 ? json.length() : -1;
            if (coding != ContentCoding.IDENTITY) {
                response.compress();
            }
            encoded = true;
        } finally {
            if (!encoded) {
                response.giveBack(json.pieces());
            }
        }
        return response;
    }

    private void describe(InferenceResult result) throws ServingException {
        json.raw('{');
        if (!result.id().isEmpty()) {
            json.raw("\"id\":").string(result.id()).raw(',');
        }
        json.raw("\"model_name\":").string(result.modelName());
        json.raw(",\"model_version\":").string(result.modelVersion());
        json.raw(",\"outputs\":[");
        for (int i = 0; i < result.outputs().size(); i++) {
            if (i > 0) {
                json.raw(',');
            }
            describe(result.outputs().get(i));
        }
        json.raw("]}");
    }

    private void describe(InferenceResult.Output output) throws ServingException {
        json.raw("{\"name\":").string(output.name());
        json.raw(",\"datatype\":\"").raw(output.datatype().name());
        json.raw("\",\"shape\":").numbers(output.shape());
        if (output.delivered()) {
            json.raw('}');
            return;
        }
        if (plan.isBinary(output.name())) {
            int size = output.data().remaining();
            json.raw(",\"parameters\":{\"binary_data_size\":").number(size).raw("}}");
            if (size > 0) {
                tensors.add(output.data());
                tensorBytes += size;
            }
            return;
        }
        if (output.datatype() == DataType.FP16 || output.datatype() == DataType.BF16) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "sending %s data via JSON is not supported. Please use the binary data format for output %s"
                            .formatted(output.datatype(), output.name()));
        }
        json.raw(",\"data\":");
        JsonTensors.write(output, json, heap);
        json.raw('}');
    }

    private void compress() throws ServingException {
        List<AnswerPiece> text = json.pieces();
        int done = 0;
        try (BodyDeflater deflater = new BodyDeflater(coding, heap)) {
            for (AnswerPiece piece : text) {
                deflater.add(piece.bytes());
                heap.give(piece.counted());
                done++;
            }
            for (ByteBuffer tensor : tensors) {
                deflater.add(tensor);
            }
            compressed = deflater.finish();
        } finally {
            giveBack(text.subList(done, text.size()));
        }
    }

    private void giveBack(List<AnswerPiece> pieces) {
        pieces.forEach(piece -> heap.give(piece.counted()));
    }

    /// Sends it, and releases `result` when its bytes are gone.
    void send(HttpConnection connection, InferenceResult result) {
        if (coding != ContentCoding.IDENTITY) {
            result.release();
            send(connection, compressed, () -> {});
            return;
        }
        boolean encrypted = connection.context().pipeline().get(SslHandler.class) != null;
        if (json.isShort() && !encrypted) {
            sendAtOnce(connection, result);
            return;
        }
        List<AnswerPiece> pieces = json.pieces();
        for (ByteBuffer tensor : tensors) {
            AnswerSender.add(pieces, tensor, encrypted);
        }
        Runnable released = result::release;
        if (tensors.isEmpty()) {
            result.release();
            released = () -> {};
        }
        send(connection, pieces, released);
    }

    private void send(HttpConnection connection, List<AnswerPiece> pieces, Runnable released) {
        ChannelHandlerContext context = connection.context();
        long length = 0;
        for (AnswerPiece piece : pieces) {
            length += piece.length();
        }
        ByteBuf head = context.alloc().directBuffer(ResponseHead.SIZE);
        ResponseHead.result(
                head, jsonLength, coding.headerLine(), length, connection.persistence());
        connection.answerBegins();
        var _ = context.write(head, context.voidPromise());
        connection.send(new AnswerSender(context, heap, pieces, released));
    }

    private void sendAtOnce(HttpConnection connection, InferenceResult result) {
        ChannelHandlerContext context = connection.context();
        ByteBuf head = context.alloc().directBuffer(ResponseHead.SIZE + json.length());
        ResponseHead.result(
                head,
                jsonLength,
                ContentCoding.IDENTITY.headerLine(),
                json.length() + tensorBytes,
                connection.persistence());
        json.copyTo(head);
        connection.answerBegins();
        var _ = context.write(head, context.voidPromise());
        if (tensors.isEmpty()) {
            result.release();
            context.flush();
        } else {
            ChannelFuture last = null;
            for (ByteBuffer tensor : tensors) {
                last = context.write(Unpooled.wrappedBuffer(tensor));
            }
            context.flush();
            if (last != null) {
                var _ = last.addListener(_ -> result.release());
            }
        }
        connection.answered();
    }
}
