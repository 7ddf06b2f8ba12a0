package dev.espalier.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.espalier.protocol.InferParameter;
import dev.espalier.protocol.ModelInferResponse;
import dev.espalier.protocol.ModelStreamInferResponse;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.metrics.CopiedBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a stream's requests are answered with.
final class StreamMessages {
    /// Says whether a request has been answered for the last time.
    private static final String FINAL = "triton_final_response";

    private static final int TAG =
            ModelStreamInferResponse.INFER_RESPONSE_FIELD_NUMBER << 3
                    | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private StreamMessages() {}

    /// @throws ServingException when the message would be longer than one can be
    static AnswerPieces answer(InferenceResult result, boolean last, CopiedBytes copied)
            throws ServingException {
        return inStream(AnswerPieces.of(result, finality(last), copied));
    }

    /// The request has failed while it ran.
    static AnswerPieces failure(String model, String id, String text) {
        return whole(
                ModelStreamInferResponse.newBuilder()
                        .setErrorMessage(text)
                        .setInferResponse(
                                finality(true).toBuilder().setModelName(model).setId(id)));
    }

    /// The request is none that can be run.
    static AnswerPieces refusal(String id, String text) {
        return whole(
                ModelStreamInferResponse.newBuilder()
                        .setErrorMessage(text)
                        .setInferResponse(ModelInferResponse.newBuilder().setId(id)));
    }

    /// No further answer comes.
    static AnswerPieces end(String model, String id) {
        return whole(
                ModelStreamInferResponse.newBuilder()
                        .setInferResponse(
                                finality(true).toBuilder().setModelName(model).setId(id)));
    }

    private static ModelInferResponse finality(boolean last) {
        return ModelInferResponse.newBuilder()
                .putParameters(FINAL, InferParameter.newBuilder().setBoolParam(last).build())
                .build();
    }

    private static AnswerPieces whole(ModelStreamInferResponse.Builder message) {
        byte[] bytes = message.build().toByteArray();
        return new AnswerPieces(List.of(new AnswerPieces.Written(bytes)), bytes.length);
    }

    /// The same as the field of a message, whose other field is empty.
    private static AnswerPieces inStream(AnswerPieces response) throws ServingException {
        int head = 1 + CodedOutputStream.computeUInt32SizeNoTag(response.length());
        long length = (long) head + response.length();
        if (length > Integer.MAX_VALUE) {
            throw AnswerPieces.tooLong(length);
        }
        List<AnswerPieces.Piece> pieces = new ArrayList<>(response.pieces());
        byte[] first = ((AnswerPieces.Written) pieces.getFirst()).bytes();
        ByteBuffer joined = ByteBuffer.allocate(head + first.length);
        joined.put((byte) TAG);
        int rest = response.length();
        while (rest > 0x7f) {
            joined.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        joined.put((byte) rest).put(first);
        pieces.set(0, new AnswerPieces.Written(joined.array()));
        return new AnswerPieces(pieces, (int) length);
    }
}
