package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.tensor.DataType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Writes the answer to an inference request: the JSON, and behind it the binary outputs straight from
/// the memory that the worker wrote them to.
final class InferResponse {
    /// Texts that are shorter wait for their client beside the budget.
    private static final int COUNTED_FROM = 64 << 10;

    private final HttpConnection connection;
    private final ByteBudget heap;
    private final InferPlan plan;
    private final InferenceResult result;
    private final JsonBuffer json;
    private final List<ByteBuffer> tensors = new ArrayList<>(2);
    private long tensorBytes;
    private long countedText;

    private InferResponse(
            HttpConnection connection, ByteBudget heap, InferPlan plan, InferenceResult result) {
        this.connection = connection;
        this.heap = heap;
        this.plan = plan;
        this.result = result;
        this.json = connection.json();
    }

    /// Answers, and releases `result` when its bytes are gone.
    static void write(
            HttpConnection connection,
            ByteBudget heap,
            InferPlan plan,
            InferenceResult result,
            ContentCoding coding) {
        InferResponse response = new InferResponse(connection, heap, plan, result);
        try {
            response.describe();
        } catch (ServingException failure) {
            result.release();
            connection.fail(failure);
            return;
        }
        if (coding == ContentCoding.IDENTITY) {
            response.send();
        } else {
            response.sendCompressed(coding);
        }
        connection.answered();
    }

    private void describe() throws ServingException {
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
        if (json.length() >= COUNTED_FROM) {
            heap.take(json.length());
            countedText = json.length();
        }
    }

    private void describe(InferenceResult.Output output) throws ServingException {
        json.raw("{\"name\":").string(output.name());
        json.raw(",\"datatype\":\"").raw(output.datatype().name());
        json.raw("\",\"shape\":").numbers(output.shape());
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
        JsonTensors.write(output, json);
        json.raw('}');
    }

    /// Triton's clients take the whole body for JSON where no bytes follow it.
    private long jsonLength() {
        return tensorBytes > 0 ? json.length() : -1;
    }

    private void send() {
        ChannelHandlerContext context = connection.context();
        ByteBuf head = context.alloc().directBuffer(ResponseHead.SIZE + json.length());
        ResponseHead.result(
                head,
                jsonLength(),
                ContentCoding.IDENTITY.headerLine(),
                json.length() + tensorBytes,
                connection.persistence());
        json.copyTo(head);
        writeText(head);
        if (tensors.isEmpty()) {
            result.release();
            context.flush();
            return;
        }
        ChannelFuture last = null;
        for (ByteBuffer tensor : tensors) {
            last = context.write(Unpooled.wrappedBuffer(tensor));
        }
        context.flush();
        if (last != null) {
            var _ = last.addListener(_ -> result.release());
        }
    }

    /// Writes what lies on no worker's memory; it is counted until its client has taken it.
    private void writeText(ByteBuf text) {
        json.clear();
        ChannelHandlerContext context = connection.context();
        if (countedText == 0) {
            var _ = context.write(text, context.voidPromise());
        } else {
            var _ = context.write(text).addListener(_ -> heap.give(countedText));
        }
    }

    private void sendCompressed(ContentCoding coding) {
        ChannelHandlerContext context = connection.context();
        ByteBuf body;
        try (BodyDeflater deflater = new BodyDeflater(coding, context.alloc())) {
            deflater.add(json.view());
            for (ByteBuffer tensor : tensors) {
                deflater.add(tensor);
            }
            body = deflater.finish();
        } finally {
            result.release();
        }
        ByteBuf head = context.alloc().directBuffer(ResponseHead.SIZE);
        ResponseHead.result(
                head,
                jsonLength(),
                coding.headerLine(),
                body.readableBytes(),
                connection.persistence());
        var _ = context.write(head, context.voidPromise());
        writeText(body);
        context.flush();
    }
}
