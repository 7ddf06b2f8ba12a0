package dev.espalier.server.grpc;

import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.metrics.CopiedBytes;
import io.grpc.ServerCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/// An answer whose large tensors are sent from the memory that the worker wrote them to.
///
/// gRPC asks the connection's allocator for a buffer, fills it, and asks for the next one. It is given
/// buffers that end where the pieces of the message do; those of tensors lie over the tensors' memory, and
/// what gRPC writes into them counts, but is not looked at. That gRPC works as this needs is held by
/// `GrpcFramesTest`, and checked with each answer.
final class LargeAnswer extends InferAnswer {
    /// The answer that is being handed to gRPC.
    static final ScopedValue<LargeAnswer> SENDING = ScopedValue.newInstance();

    /// What gRPC writes in front of a message: a byte that says whether it is compressed, and its length.
    private static final int PREFIX = 5;

    private static final byte[] PLACEHOLDER = new byte[1 << 20];

    private final AnswerPieces message;
    private final InferenceResult result;

    /// Who still needs the result: the sending of the answer, and each buffer over its memory.
    private final AtomicInteger holders = new AtomicInteger(1);

    private int given;

    private LargeAnswer(AnswerPieces message, InferenceResult result, CopiedBytes copied) {
        super(message, copied);
        this.message = message;
        this.result = result;
    }

    /// Sends the answer, and releases `result` when its bytes are gone.
    ///
    /// @throws IllegalStateException when gRPC did not take the buffers; the message is broken then
    static void send(
            AnswerPieces message,
            InferenceResult result,
            CopiedBytes copied,
            ServerCall<?, InferAnswer> call) {
        LargeAnswer answer = new LargeAnswer(message, result, copied);
        try {
            ScopedValue.where(SENDING, answer).run(() -> call.sendMessage(answer));
        } finally {
            answer.released();
        }
    }

    /// The buffer that gRPC fills next.
    ByteBuf nextBuffer(ByteBufAllocator pool) {
        if (given == message.pieces().size()) {
            throw new IllegalStateException(
                    "gRPC asks for more buffers than the answer has pieces");
        }
        int prefix = given == 0 ? PREFIX : 0;
        return switch (message.pieces().get(given++)) {
            case AnswerPieces.Written(byte[] bytes) ->
                    pool.directBuffer(prefix + bytes.length, prefix + bytes.length);
            case AnswerPieces.Tensor(ByteBuffer data) -> {
                holders.incrementAndGet();
                yield new TensorBuf(pool, data, this::released);
            }
        };
    }

    @Override
    void drain(ByteBuffer tensor, OutputStream target) throws IOException {
        int before = given;
        for (int left = tensor.remaining(); left > 0; left -= PLACEHOLDER.length) {
            target.write(PLACEHOLDER, 0, Math.min(left, PLACEHOLDER.length));
        }
        if (given != before + 1) {
            throw new IllegalStateException("gRPC does not write to the tensor's own buffer");
        }
    }

    private void released() {
        if (holders.decrementAndGet() == 0) {
            result.release();
        }
    }
}
