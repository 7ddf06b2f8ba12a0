package dev.espalier.server.inference;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult.Output;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The highest values of an output, as strings: `value:index`, or `value:index:label` where the model
/// has labels (protocol extension "classification").
final class Classification {
    /// As Triton's; whoever wants to see more of them reads the tensor.
    private static final long MOST_ELEMENTS = 1_000_000;

    /// What one class takes up while all of them are gathered; also, how much work it is.
    private static final long STRING_SIZE = 100;

    private static final int LENGTH_SIZE = 4;

    private Classification() {}

    /// The `count` highest of each member of the batch (of the whole output where nothing is batched),
    /// highest first; equal values in the order of their indices.
    ///
    /// @param labels by index; may be shorter than the output
    /// @throws ServingException INVALID_ARGUMENT where values of this type have no order
    static Output highest(Output output, boolean batched, int count, List<String> labels)
            throws ServingException {
        long[] shape = output.shape();
        int rows = batched ? (int) shape[0] : 1;
        int columns = rows == 0 ? 0 : (int) (Shape.elementCount(shape) / rows);
        int kept = Math.min(count, columns);
        ByteBuffer data = output.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> strings = new ArrayList<>(rows * kept);
        for (int row = 0; row < rows; row++) {
            for (int index : best(data, output, row * columns, columns, kept)) {
                String label = index < labels.size() ? ":" + labels.get(index) : "";
                String value = text(data, output.datatype(), row * columns + index);
                strings.add((value + ":" + index + label).getBytes(StandardCharsets.UTF_8));
            }
        }
        long[] newShape = batched ? new long[] {rows, kept} : new long[] {kept};
        return new Output(output.name(), DataType.BYTES, newShape, encoded(strings));
    }

    private static int[] best(ByteBuffer data, Output output, int begin, int columns, int kept)
            throws ServingException {
        long[] ranks = new long[columns];
        for (int i = 0; i < columns; i++) {
            ranks[i] = rank(data, output, begin + i);
        }
        return Highest.of(ranks, kept);
    }

    /// What a ranking takes of the heap while it is made, and as long as its result is needed.
    ///
    /// @throws ServingException INVALID_ARGUMENT where it is of too many elements
    static long size(Output output, boolean batched, int count) throws ServingException {
        long elements = Shape.elementCount(output.shape());
        if (elements > MOST_ELEMENTS) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "classification of output '%s' is not available for its %d elements (expected: at most %d)"
                            .formatted(output.name(), elements, MOST_ELEMENTS));
        }
        long rows = batched ? Math.max(1, output.shape()[0]) : 1;
        return Long.BYTES * elements / rows + STRING_SIZE * kept(elements, rows, count);
    }

    /// How much work it is, as [dev.espalier.server.work.WorkPool] counts.
    static long work(Output output, boolean batched, int count) {
        long elements = Math.min(MOST_ELEMENTS, Shape.elementCount(output.shape()));
        long rows = batched ? Math.max(1, output.shape()[0]) : 1;
        return elements + STRING_SIZE * kept(elements, rows, count);
    }

    private static long kept(long elements, long rows, int count) {
        return Math.min(elements, rows * (long) count);
    }

    /// A number in the order of the values, which no value is too large for.
    private static long rank(ByteBuffer data, Output output, int index) throws ServingException {
        return switch (output.datatype()) {
            case FP32 -> rank(data.getFloat(index * Float.BYTES));
            case FP64 -> rank(data.getDouble(index * Double.BYTES));
            case UINT64 -> data.getLong(index * Long.BYTES) ^ Long.MIN_VALUE;
            case UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 ->
                    integer(data, output.datatype(), index);
            case BOOL, FP16, BF16, BYTES ->
                    throw new ServingException(
                            ErrorCode.INVALID_ARGUMENT,
                            "class result not available for output due to unsupported type '%s'"
                                    .formatted(output.datatype()));
        };
    }

    private static long rank(double value) {
        // Both zeros are one.
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits < 0 ? bits ^ Long.MAX_VALUE : bits;
    }

    private static long integer(ByteBuffer data, DataType type, int index) {
        return switch (type) {
            case UINT8 -> data.get(index) & 0xff;
            case INT8 -> data.get(index);
            case UINT16 -> data.getShort(index * Short.BYTES) & 0xffff;
            case INT16 -> data.getShort(index * Short.BYTES);
            case UINT32 -> data.getInt(index * Integer.BYTES) & 0xffff_ffffL;
            case INT32 -> data.getInt(index * Integer.BYTES);
            default -> data.getLong(index * Long.BYTES);
        };
    }

    private static String text(ByteBuffer data, DataType type, int index) {
        return switch (type) {
            case FP32 -> String.format(Locale.ROOT, "%f", data.getFloat(index * Float.BYTES));
            case FP64 -> String.format(Locale.ROOT, "%f", data.getDouble(index * Double.BYTES));
            case UINT64 -> Long.toUnsignedString(data.getLong(index * Long.BYTES));
            default -> Long.toString(integer(data, type, index));
        };
    }

    private static ByteBuffer encoded(List<byte[]> strings) {
        int size = strings.stream().mapToInt(string -> LENGTH_SIZE + string.length).sum();
        ByteBuffer encoded = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] string : strings) {
            encoded.putInt(string.length).put(string);
        }
        return encoded.flip().asReadOnlyBuffer();
    }
}
