package dev.espalier.server.engines.tensorflow;

import dev.espalier.tensor.DataType;
import org.jspecify.annotations.Nullable;

/// TensorFlow's numbers for element types (`types.proto`).
final class TensorFlowTypes {
    private TensorFlowTypes() {}

    /// Our type, or null where the protocol has none.
    static @Nullable DataType type(int number) {
        return switch (number) {
            case 1 -> DataType.FP32;
            case 2 -> DataType.FP64;
            case 3 -> DataType.INT32;
            case 4 -> DataType.UINT8;
            case 5 -> DataType.INT16;
            case 6 -> DataType.INT8;
            case 7 -> DataType.BYTES;
            case 9 -> DataType.INT64;
            case 10 -> DataType.BOOL;
            case 14 -> DataType.BF16;
            case 17 -> DataType.UINT16;
            case 19 -> DataType.FP16;
            case 22 -> DataType.UINT32;
            case 23 -> DataType.UINT64;
            default -> null;
        };
    }

    /// The type for people.
    static String name(int number) {
        return switch (number) {
            case 0 -> "no type";
            case 8 -> "DT_COMPLEX64";
            case 18 -> "DT_COMPLEX128";
            case 20 -> "DT_RESOURCE";
            case 21 -> "DT_VARIANT";
            default -> {
                DataType type = type(number);
                yield type == null ? "TensorFlow type " + number : type.name();
            }
        };
    }
}
