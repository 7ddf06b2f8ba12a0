package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;

/// TensorFlow's numbers for element types (`types.proto`), beside ours.
final class ElementType {
    private static final DataType[] OURS = new DataType[24];
    private static final int[] THEIRS = new int[DataType.values().length + 1];
    private static final String[] NAMES = {
        "DT_INVALID",
        "DT_FLOAT",
        "DT_DOUBLE",
        "DT_INT32",
        "DT_UINT8",
        "DT_INT16",
        "DT_INT8",
        "DT_STRING",
        "DT_COMPLEX64",
        "DT_INT64",
        "DT_BOOL",
        "DT_QINT8",
        "DT_QUINT8",
        "DT_QINT32",
        "DT_BFLOAT16",
        "DT_QINT16",
        "DT_QUINT16",
        "DT_UINT16",
        "DT_COMPLEX128",
        "DT_HALF",
        "DT_RESOURCE",
        "DT_VARIANT",
        "DT_UINT32",
        "DT_UINT64"
    };

    static {
        pair(1, DataType.FP32);
        pair(2, DataType.FP64);
        pair(3, DataType.INT32);
        pair(4, DataType.UINT8);
        pair(5, DataType.INT16);
        pair(6, DataType.INT8);
        pair(7, DataType.BYTES);
        pair(9, DataType.INT64);
        pair(10, DataType.BOOL);
        pair(14, DataType.BF16);
        pair(17, DataType.UINT16);
        pair(19, DataType.FP16);
        pair(22, DataType.UINT32);
        pair(23, DataType.UINT64);
    }

    private ElementType() {}

    /// Our type for TensorFlow's number.
    ///
    /// @param tensor what has the type, for the message
    static DataType of(int code, String tensor) throws EngineException {
        DataType type = code >= 0 && code < OURS.length ? OURS[code] : null;
        if (type == null) {
            throw new EngineException(
                    "%s has the TensorFlow type %s (expected: one that the inference protocol has, such as DT_FLOAT or DT_STRING); cast it inside the model"
                            .formatted(tensor, name(code)));
        }
        return type;
    }

    /// TensorFlow's name of the type with that number, such as `DT_FLOAT`.
    static String name(int code) {
        return code >= 0 && code < NAMES.length ? NAMES[code] : "number " + code;
    }

    /// TensorFlow's number for our type.
    static int code(DataType type) {
        return THEIRS[type.code()];
    }

    private static void pair(int theirs, DataType ours) {
        OURS[theirs] = ours;
        THEIRS[ours.code()] = theirs;
    }
}
