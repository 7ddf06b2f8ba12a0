package dev.espalier.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.metrics.CopiedBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// The message that answers an inference request, in pieces: what is written here, and between them the
/// large tensors, which stay where the worker wrote them.
///
/// @param length bytes of all pieces
record AnswerPieces(List<Piece> pieces, int length) {
    /// A tensor of fewer bytes is copied: that costs less than a piece of its own.
    private static final int SMALL = 8 << 10;

    sealed interface Piece {
        int length();
    }

    /// Bytes written here.
    record Written(byte[] bytes) implements Piece {
        @Override
        public int length() {
            return bytes.length;
        }
    }

    /// An output in OUT.
    ///
    /// @param data read-only and direct, from position 0
    record Tensor(ByteBuffer data) implements Piece {
        @Override
        public int length() {
            return data.remaining();
        }
    }

    /// @throws ServingException when the message would be longer than one can be
    static AnswerPieces of(InferenceResult result, CopiedBytes copied) throws ServingException {
        return of(result, ModelInferResponse.getDefaultInstance(), copied);
    }

    /// The same with what else `more` says; the first piece is one that is written here.
    static AnswerPieces of(InferenceResult result, ModelInferResponse more, CopiedBytes copied)
            throws ServingException {
        List<Piece> pieces = new ArrayList<>(2);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        CodedOutputStream message = CodedOutputStream.newInstance(written);
        try {
            head(result, more).writeTo(message);
            for (InferenceResult.Output output : result.outputs()) {
                ByteBuffer data = output.data().duplicate();
                int size = data.remaining();
                message.writeTag(
                        ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER,
                        WireFormat.WIRETYPE_LENGTH_DELIMITED);
                message.writeUInt32NoTag(size);
                if (size < SMALL) {
                    copied.out(size);
                    message.writeRawBytes(data);
                } else {
                    message.flush();
                    pieces.add(new Written(written.toByteArray()));
                    written.reset();
                    pieces.add(new Tensor(data));
                }
            }
            message.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        if (written.size() > 0) {
            pieces.add(new Written(written.toByteArray()));
        }
        return new AnswerPieces(pieces, length(pieces));
    }

    private static int length(List<Piece> pieces) throws ServingException {
        long length = pieces.stream().mapToLong(Piece::length).sum();
        if (length > Integer.MAX_VALUE) {
            throw tooLong(length);
        }
        return (int) length;
    }

    static ServingException tooLong(long length) {
        return Failures.internal(
                "the answer has %d bytes (expected: at most %d)"
                        .formatted(length, Integer.MAX_VALUE));
    }

    private static ModelInferResponse head(InferenceResult result, ModelInferResponse more) {
        ModelInferResponse.Builder response =
                more.toBuilder()
                        .setModelName(result.modelName())
                        .setModelVersion(result.modelVersion())
                        .setId(result.id());
        for (InferenceResult.Output output : result.outputs()) {
            ModelInferResponse.InferOutputTensor.Builder tensor =
                    response.addOutputsBuilder()
                            .setName(output.name())
                            .setDatatype(output.datatype().name());
            for (long dimension : output.shape()) {
                tensor.addShape(dimension);
            }
        }
        return response.build();
    }

    /// How many bytes are written here.
    long writtenBytes() {
        long bytes = 0;
        for (Piece piece : pieces) {
            if (piece instanceof Written written) {
                bytes += written.length();
            }
        }
        return bytes;
    }

    /// Whether it is in one piece.
    boolean isSmall() {
        return pieces.size() == 1;
    }

    /// The same, compressed by gzip, whose bytes count in `heap` and are the caller's.
    ///
    /// @param level of [java.util.zip.Deflater]
    AnswerPieces compressed(int level, CopiedBytes copied, CountedPieces heap)
            throws ServingException {
        try (OutputStream gzip = new LeveledGzip(heap, level)) {
            int _ = new InferAnswer(this, copied).drainTo(gzip);
        } catch (CountedPieces.Full full) {
            throw full.refusal();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        List<Piece> packed = heap.pieces();
        return new AnswerPieces(packed, length(packed));
    }

    private static final class LeveledGzip extends GZIPOutputStream {
        LeveledGzip(OutputStream target, int level) throws IOException {
            super(target);
            def.setLevel(level);
        }
    }
}
