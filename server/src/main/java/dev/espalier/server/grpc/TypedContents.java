package dev.espalier.server.grpc;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.InferTensorContents;
import dev.espalier.protocol.ModelInferRequest.InferInputTensor;
import dev.espalier.server.failure.ServingException;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The values of an input that stand in its `contents`: a list of numbers, truth values or strings.
final class TypedContents {
    private static final int LENGTH_SIZE = 4;

    private TypedContents() {}

    /// How many bytes the values take up in the binary format.
    ///
    /// @throws ServingException INVALID_ARGUMENT when they are not of the input's type
    static long size(InferInputTensor input, String model) throws ServingException {
        InferTensorContents contents = input.getContents();
        DataType type = DataType.ofName(input.getDatatype()).orElse(null);
        checkType(input, model, type, contents);
        if (type == null) {
            return 0;
        }
        return switch (type) {
            case BOOL -> contents.getBoolContentsCount();
            case INT8, INT16, INT32 -> {
                checkRange(input, type, contents);
                yield (long) contents.getIntContentsCount() * type.elementSize();
            }
            case UINT8, UINT16, UINT32 -> {
                checkUnsignedRange(input, type, contents);
                yield (long) contents.getUintContentsCount() * type.elementSize();
            }
            case INT64 -> (long) contents.getInt64ContentsCount() * type.elementSize();
            case UINT64 -> (long) contents.getUint64ContentsCount() * type.elementSize();
            case FP32 -> (long) contents.getFp32ContentsCount() * type.elementSize();
            case FP64 -> (long) contents.getFp64ContentsCount() * type.elementSize();
            case BYTES -> {
                long size = 0;
                for (ByteString string : contents.getBytesContentsList()) {
                    size += LENGTH_SIZE + string.size();
                }
                yield size;
            }
            case FP16, BF16 -> 0;
        };
    }

    /// Refuses values in a field that is not for the input's type, in the order of the fields.
    private static void checkType(
            InferInputTensor input,
            String model,
            @Nullable DataType type,
            InferTensorContents contents)
            throws ServingException {
        boolean small = type == DataType.INT8 || type == DataType.INT16;
        boolean smallUnsigned = type == DataType.UINT8 || type == DataType.UINT16;
        check(input, model, type, DataType.BOOL, contents.getBoolContentsCount());
        check(input, model, type, small ? type : DataType.INT32, contents.getIntContentsCount());
        check(input, model, type, DataType.INT64, contents.getInt64ContentsCount());
        check(
                input,
                model,
                type,
                smallUnsigned ? type : DataType.UINT32,
                contents.getUintContentsCount());
        check(input, model, type, DataType.UINT64, contents.getUint64ContentsCount());
        check(input, model, type, DataType.FP32, contents.getFp32ContentsCount());
        check(input, model, type, DataType.FP64, contents.getFp64ContentsCount());
        check(input, model, type, DataType.BYTES, contents.getBytesContentsCount());
    }

    private static void check(
            InferInputTensor input,
            String model,
            @Nullable DataType type,
            @Nullable DataType given,
            int count)
            throws ServingException {
        if (count > 0 && given != type) {
            throw Failures.invalid(
                    "unexpected explicit tensor data for input tensor '%s' for model '%s' of type '%s', expected datatype '%s'"
                            .formatted(
                                    input.getName(),
                                    model,
                                    given,
                                    type == null ? "<invalid>" : type));
        }
    }

    private static void checkRange(
            InferInputTensor input, DataType type, InferTensorContents contents)
            throws ServingException {
        long highest = (1L << (8 * type.elementSize() - 1)) - 1;
        for (int i = 0; i < contents.getIntContentsCount(); i++) {
            int value = contents.getIntContents(i);
            if (value > highest || value < -highest - 1) {
                throw outOfRange(input, value, -highest - 1, highest);
            }
        }
    }

    private static void checkUnsignedRange(
            InferInputTensor input, DataType type, InferTensorContents contents)
            throws ServingException {
        long highest = (1L << 8 * type.elementSize()) - 1;
        for (int i = 0; i < contents.getUintContentsCount(); i++) {
            long value = Integer.toUnsignedLong(contents.getUintContents(i));
            if (value > highest) {
                throw outOfRange(input, value, 0, highest);
            }
        }
    }

    private static ServingException outOfRange(
            InferInputTensor input, long value, long lowest, long highest) {
        return Failures.invalid(
                "value %d in 'contents' of input '%s' does not fit %s (expected: %d..%d)"
                        .formatted(value, input.getName(), input.getDatatype(), lowest, highest));
    }

    /// Writes the values in the binary format, after [#size] has checked them.
    static void write(InferInputTensor input, ByteBuffer target) {
        InferTensorContents contents = input.getContents();
        target.order(ByteOrder.LITTLE_ENDIAN);
        switch (DataType.valueOf(input.getDatatype())) {
            case BOOL -> {
                for (int i = 0; i < contents.getBoolContentsCount(); i++) {
                    target.put((byte) (contents.getBoolContents(i) ? 1 : 0));
                }
            }
            case INT8 -> {
                for (int i = 0; i < contents.getIntContentsCount(); i++) {
                    target.put((byte) contents.getIntContents(i));
                }
            }
            case INT16 -> {
                for (int i = 0; i < contents.getIntContentsCount(); i++) {
                    target.putShort((short) contents.getIntContents(i));
                }
            }
            case INT32 -> {
                for (int i = 0; i < contents.getIntContentsCount(); i++) {
                    target.putInt(contents.getIntContents(i));
                }
            }
            case UINT8 -> {
                for (int i = 0; i < contents.getUintContentsCount(); i++) {
                    target.put((byte) contents.getUintContents(i));
                }
            }
            case UINT16 -> {
                for (int i = 0; i < contents.getUintContentsCount(); i++) {
                    target.putShort((short) contents.getUintContents(i));
                }
            }
            case UINT32 -> {
                for (int i = 0; i < contents.getUintContentsCount(); i++) {
                    target.putInt(contents.getUintContents(i));
                }
            }
            case INT64 -> {
                for (int i = 0; i < contents.getInt64ContentsCount(); i++) {
                    target.putLong(contents.getInt64Contents(i));
                }
            }
            case UINT64 -> {
                for (int i = 0; i < contents.getUint64ContentsCount(); i++) {
                    target.putLong(contents.getUint64Contents(i));
                }
            }
            case FP32 -> {
                for (int i = 0; i < contents.getFp32ContentsCount(); i++) {
                    target.putFloat(contents.getFp32Contents(i));
                }
            }
            case FP64 -> {
                for (int i = 0; i < contents.getFp64ContentsCount(); i++) {
                    target.putDouble(contents.getFp64Contents(i));
                }
            }
            case BYTES -> {
                for (ByteString string : contents.getBytesContentsList()) {
                    target.putInt(string.size());
                    string.copyTo(target);
                }
            }
            case FP16, BF16 -> {}
        }
    }
}
