package dev.espalier.engines.pytorch;

import dev.espalier.tensor.DataType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// PyTorch's element types beside ours.
final class ElementType {
    private static final @Nullable DataType[] OURS = new DataType[ScalarType.NumOptions.value];

    static {
        for (DataType type : DataType.values()) {
            if (type != DataType.BYTES) {
                OURS[of(type).value] = type;
            }
        }
    }

    private ElementType() {}

    /// PyTorch's type for ours, which is no BYTES: those are no tensors there.
    static ScalarType of(DataType type) {
        return switch (type) {
            case BOOL -> ScalarType.Bool;
            case UINT8 -> ScalarType.Byte;
            case UINT16 -> ScalarType.UInt16;
            case UINT32 -> ScalarType.UInt32;
            case UINT64 -> ScalarType.UInt64;
            case INT8 -> ScalarType.Char;
            case INT16 -> ScalarType.Short;
            case INT32 -> ScalarType.Int;
            case INT64 -> ScalarType.Long;
            case FP16 -> ScalarType.Half;
            case FP32 -> ScalarType.Float;
            case FP64 -> ScalarType.Double;
            case BF16 -> ScalarType.BFloat16;
            case BYTES -> throw new IllegalArgumentException("BYTES are no tensor of PyTorch's");
        };
    }

    /// Our type for PyTorch's; null where the inference protocol has none.
    static @Nullable DataType of(ScalarType type) {
        // The binding makes a new object for each answer: only its number counts.
        return type.value >= 0 && type.value < OURS.length ? OURS[type.value] : null;
    }

    /// The type for people.
    static String name(ScalarType type) {
        DataType ours = of(type);
        return ours == null ? "PyTorch's type " + type.intern() : ours.configName();
    }
}
