package dev.espalier.server.grpc;

import dev.espalier.server.metrics.CopiedBytes;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// The answer to an inference request as gRPC takes it: a stream that is drained, once. Tensors are copied
/// into gRPC's buffers.
class InferAnswer extends InputStream implements KnownLength, Drainable {
    private static final int CHUNK = 64 << 10;

    private final AnswerPieces message;
    private final CopiedBytes copied;

    InferAnswer(AnswerPieces message, CopiedBytes copied) {
        this.message = message;
        this.copied = copied;
    }

    /// Marshals answers: they are streams already.
    static final class Written implements MethodDescriptor.Marshaller<InferAnswer> {
        @Override
        public InputStream stream(InferAnswer answer) {
            return answer;
        }

        @Override
        public InferAnswer parse(InputStream stream) {
            throw new UnsupportedOperationException("a server reads no answers");
        }
    }

    @Override
    public final int available() {
        return message.length();
    }

    @Override
    public final int drainTo(OutputStream target) throws IOException {
        for (AnswerPieces.Piece piece : message.pieces()) {
            switch (piece) {
                case AnswerPieces.Written(byte[] bytes) -> target.write(bytes);
                case AnswerPieces.Tensor(ByteBuffer data) -> drain(data, target);
            }
        }
        return message.length();
    }

    void drain(ByteBuffer tensor, OutputStream target) throws IOException {
        ByteBuffer data = tensor.duplicate();
        // Once into the chunk, once into a buffer of gRPC's.
        copied.out(2L * data.remaining());
        byte[] chunk = new byte[Math.min(CHUNK, data.remaining())];
        while (data.hasRemaining()) {
            int count = Math.min(chunk.length, data.remaining());
            data.get(chunk, 0, count);
            target.write(chunk, 0, count);
        }
    }

    @Override
    public final int read() {
        throw new UnsupportedOperationException("an answer is drained, not read");
    }

    @Override
    public final int read(byte[] target, int offset, int count) {
        return read();
    }
}
