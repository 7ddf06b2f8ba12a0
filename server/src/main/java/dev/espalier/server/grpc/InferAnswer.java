package dev.espalier.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.metrics.CopiedBytes;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/// The answer to an inference request: a short message, and behind it the outputs straight from the
/// memory that the worker wrote them to.
final class InferAnswer extends InputStream implements KnownLength, Drainable {
    private static final int CHUNK = 64 << 10;

    private final byte[] head;
    private final List<InferenceResult.Output> outputs;
    private final CopiedBytes copied;
    private final int length;

    /// @throws ServingException when it would be longer than a message can be
    InferAnswer(InferenceResult result, CopiedBytes copied) throws ServingException {
        this.outputs = result.outputs();
        this.copied = copied;
        this.head = head(result);
        long total = head.length;
        for (InferenceResult.Output output : outputs) {
            int size = output.data().remaining();
            total += rawHeadSize(size) + (long) size;
        }
        if (total > Integer.MAX_VALUE) {
            throw Failures.internal(
                    "the answer has %d bytes (expected: at most %d)"
                            .formatted(total, Integer.MAX_VALUE));
        }
        length = (int) total;
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

    private static byte[] head(InferenceResult result) {
        ModelInferResponse.Builder response =
                ModelInferResponse.newBuilder()
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
        return response.build().toByteArray();
    }

    private static int rawHeadSize(int size) {
        return CodedOutputStream.computeTagSize(ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(size);
    }

    @Override
    public int available() {
        return length;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        target.write(head);
        byte[] chunk = new byte[CHUNK];
        for (InferenceResult.Output output : outputs) {
            ByteBuffer data = output.data().duplicate();
            target.write(rawHead(data.remaining()));
            // Once into the chunk, once into a buffer of gRPC's.
            copied.out(2L * data.remaining());
            while (data.hasRemaining()) {
                int count = Math.min(chunk.length, data.remaining());
                data.get(chunk, 0, count);
                target.write(chunk, 0, count);
            }
        }
        return length;
    }

    private static byte[] rawHead(int size) throws IOException {
        byte[] bytes = new byte[rawHeadSize(size)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeTag(
                ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER,
                WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(size);
        out.checkNoSpaceLeft();
        return bytes;
    }

    @Override
    public int read() {
        throw new UnsupportedOperationException("an answer is drained, not read");
    }

    @Override
    public int read(byte[] target, int offset, int count) {
        return read();
    }
}
