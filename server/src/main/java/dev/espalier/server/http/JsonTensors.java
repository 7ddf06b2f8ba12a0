package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes outputs as flat JSON arrays.
final class JsonTensors {
    /// More is better sent in binary form.
    private static final int MAX_LENGTH = 128 << 20;

    /// The longest an escape makes a byte of a string.
    private static final long LONGEST_ESCAPE = 6;

    private JsonTensors() {}

    /// The output's `data` array, counted in `heap` as it grows. FP16 and BF16 have no form in JSON.
    static void write(InferenceResult.Output output, JsonBuffer json, BudgetShare heap)
            throws ServingException {
        ByteBuffer data = output.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        char before = '[';
        boolean empty = !data.hasRemaining();
        while (data.hasRemaining()) {
            if (json.length() > MAX_LENGTH) {
                throw tooLong(output);
            }
            json.reserve(heap);
            json.raw(before);
            before = ',';
            if (output.datatype() == DataType.BYTES) {
                string(output, data, json, heap);
            } else {
                number(output.datatype(), data, json);
            }
        }
        json.raw(empty ? "[]" : "]");
    }

    /// The only element of an output, which has one, without an array around it.
    static void writeFirst(InferenceResult.Output output, JsonBuffer json, BudgetShare heap)
            throws ServingException {
        ByteBuffer data = output.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (output.datatype() == DataType.BYTES) {
            string(output, data, json, heap);
        } else {
            number(output.datatype(), data, json);
        }
    }

    private static void number(DataType type, ByteBuffer data, JsonBuffer json) {
        switch (type) {
            case BOOL -> json.bool(data.get() != 0);
            case UINT8 -> json.number(Byte.toUnsignedInt(data.get()));
            case UINT16 -> json.number(Short.toUnsignedInt(data.getShort()));
            case UINT32 -> json.number(Integer.toUnsignedLong(data.getInt()));
            case UINT64 -> {
                long value = data.getLong();
                if (value >= 0) {
                    json.number(value);
                } else {
                    json.raw(Long.toUnsignedString(value));
                }
            }
            case INT8 -> json.number(data.get());
            case INT16 -> json.number(data.getShort());
            case INT32 -> json.number(data.getInt());
            case INT64 -> json.number(data.getLong());
            case FP32 -> JsonReals.print(data.getFloat(), json);
            case FP64 -> JsonReals.print(data.getDouble(), json);
            case FP16, BF16, BYTES ->
                    throw new IllegalArgumentException(type + " is no number in JSON");
        }
    }

    private static void string(
            InferenceResult.Output output, ByteBuffer data, JsonBuffer json, BudgetShare heap)
            throws ServingException {
        long length = data.remaining() < Integer.BYTES ? -1 : Integer.toUnsignedLong(data.getInt());
        if (length < 0 || length > data.remaining()) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "a string of output '%s' is longer than the output".formatted(output.name()));
        }
        if (json.length() + LONGEST_ESCAPE * length > MAX_LENGTH) {
            throw tooLong(output);
        }
        json.raw('"');
        for (long i = 0; i < length; i++) {
            json.reserve(heap);
            json.escaped(data.get());
        }
        json.raw('"');
    }

    private static ServingException tooLong(InferenceResult.Output output) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "output '%s' is longer than %d bytes in JSON (expected: parameter 'binary_data' for so large an output)"
                        .formatted(output.name(), MAX_LENGTH));
    }
}
