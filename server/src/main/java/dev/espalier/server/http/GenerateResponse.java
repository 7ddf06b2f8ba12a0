package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One answer as a flat JSON object: each output under its name, a single value without an array around it. Members are
/// in the order of their names.
final class GenerateResponse {
    /// What is less work than this is encoded on the loop.
    static final long SHORT = 256 << 10;

    /// About how many bytes of JSON a byte of a tensor becomes.
    private static final int JSON_A_BYTE = 4;

    private GenerateResponse() {}

    /// How much work it is to encode it: one for each byte of JSON, or what takes as long.
    static long work(InferenceResult result) {
        long work = 0;
        for (InferenceResult.Output output : result.outputs()) {
            work += (long) JSON_A_BYTE * output.data().remaining();
        }
        return work;
    }

    /// A member of the object, and what writes its value.
    private record Member(String name, Value value) {}

    private interface Value {
        void write(JsonBuffer json) throws ServingException;
    }

    /// Encodes it, which may be called on any thread; `heap` counts what is written.
    ///
    /// @throws ServingException when it cannot be written so, or there is no room for it
    static List<AnswerPiece> encoded(InferenceResult result, JsonBuffer json, BudgetShare heap)
            throws ServingException {
        boolean whole = false;
        try {
            write(result, json, heap);
            whole = true;
            return json.pieces();
        } finally {
            if (!whole) {
                json.pieces().forEach(piece -> heap.give(piece.counted()));
            }
        }
    }

    private static void write(InferenceResult result, JsonBuffer json, BudgetShare heap)
            throws ServingException {
        List<Member> members = new ArrayList<>(result.outputs().size() + 3);
        if (!result.id().isEmpty()) {
            members.add(new Member("id", text -> text.string(result.id())));
        }
        members.add(new Member("model_name", text -> text.string(result.modelName())));
        members.add(new Member("model_version", text -> text.string(result.modelVersion())));
        for (InferenceResult.Output output : result.outputs()) {
            members.add(new Member(output.name(), text -> write(output, text, heap)));
        }
        members.sort(Comparator.comparing(Member::name));
        char before = '{';
        for (Member member : members) {
            json.raw(before).string(member.name()).raw(':');
            member.value().write(json);
            before = ',';
        }
        json.raw('}');
    }

    private static void write(InferenceResult.Output output, JsonBuffer json, BudgetShare heap)
            throws ServingException {
        if (output.datatype() == DataType.FP16 || output.datatype() == DataType.BF16) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "sending %s data via JSON is not supported. Please use the binary data format for output %s"
                            .formatted(output.datatype(), output.name()));
        }
        if (Shape.elementCount(output.shape()) == 1) {
            JsonTensors.writeFirst(output, json, heap);
        } else {
            JsonTensors.write(output, json, heap);
        }
    }
}
