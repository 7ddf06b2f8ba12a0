package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;

/// ONNX Runtime's numbers for element types, beside ours.
final class ElementType {
    private static final DataType[] OURS = new DataType[17];
    private static final int[] THEIRS = new int[DataType.values().length + 1];
    private static final String[] UNSUPPORTED = {
        "COMPLEX64",
        "COMPLEX128",
        "BFLOAT16",
        "FLOAT8E4M3FN",
        "FLOAT8E4M3FNUZ",
        "FLOAT8E5M2",
        "FLOAT8E5M2FNUZ",
        "UINT4",
        "INT4",
        "FLOAT4E2M1"
    };
    private static final int FIRST_UNSUPPORTED = 14;

    static {
        pair(1, DataType.FP32);
        pair(2, DataType.UINT8);
        pair(3, DataType.INT8);
        pair(4, DataType.UINT16);
        pair(5, DataType.INT16);
        pair(6, DataType.INT32);
        pair(7, DataType.INT64);
        pair(8, DataType.BYTES);
        pair(9, DataType.BOOL);
        pair(10, DataType.FP16);
        pair(11, DataType.FP64);
        pair(12, DataType.UINT32);
        pair(13, DataType.UINT64);
        pair(16, DataType.BF16);
    }

    private ElementType() {}

    /// Our type for ONNX Runtime's number.
    ///
    /// @param tensor what has the type, for the message
    static DataType of(int code, String tensor) throws EngineException {
        if (code >= 0 && code < OURS.length) {
            DataType type = OURS[code];
            if (type != null) {
                return type;
            }
        }
        throw new EngineException(
                tensor
                        + " has the ONNX element type "
                        + unsupported(code)
                        + " (expected: one that the inference protocol has, such as FP32 or BYTES);"
                        + " cast it inside the model");
    }

    /// The name of the type with that number, such as `FP32`; `any` for 0, with which ops say that they take
    /// every type.
    static String name(int code) {
        if (code == 0) {
            return "any";
        }
        DataType ours = code > 0 && code < OURS.length ? OURS[code] : null;
        return ours == null ? unsupported(code) : ours.name();
    }

    private static String unsupported(int code) {
        int index = code - FIRST_UNSUPPORTED;
        return index >= 0 && index < UNSUPPORTED.length ? UNSUPPORTED[index] : "number " + code;
    }

    /// ONNX Runtime's number for our type.
    static int code(DataType type) {
        return THEIRS[type.code()];
    }

    private static void pair(int theirs, DataType ours) {
        OURS[theirs] = ours;
        THEIRS[ours.code()] = theirs;
    }
}
