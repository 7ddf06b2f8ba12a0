package dev.espalier.tensor;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// An element type of the inference protocol. Numbers and names are those of KServe's v2 protocol
/// and of Triton's `model_config.proto` (field `DataType`), which call strings `BYTES` and
/// `TYPE_STRING`.
///
/// Elements are little-endian. BYTES elements have no fixed size: each is a 4-byte length followed by
/// that many bytes.
public enum DataType {
    BOOL(1, 1),
    UINT8(2, 1),
    UINT16(3, 2),
    UINT32(4, 4),
    UINT64(5, 8),
    INT8(6, 1),
    INT16(7, 2),
    INT32(8, 4),
    INT64(9, 8),
    FP16(10, 2),
    FP32(11, 4),
    FP64(12, 8),
    BYTES(13, 0),
    BF16(14, 2);

    private static final DataType[] BY_CODE = new DataType[15];
    private static final Map<String, DataType> BY_NAME = new HashMap<>();

    static {
        for (DataType type : values()) {
            BY_CODE[type.code] = type;
            BY_NAME.put(type.name(), type);
        }
    }

    private final int code;
    private final int elementSize;

    DataType(int code, int elementSize) {
        this.code = code;
        this.elementSize = elementSize;
    }

    /// The type's number in `model_config.proto`, also used on the worker link.
    public int code() {
        return code;
    }

    /// Bytes of one element, or 0 for BYTES, whose elements differ in size.
    public int elementSize() {
        return elementSize;
    }

    /// Whether every element has [#elementSize] bytes.
    public boolean isFixedSize() {
        return elementSize > 0;
    }

    /// The type's name in `config.pbtxt`, such as `TYPE_FP32`, and `TYPE_STRING` for BYTES.
    public String configName() {
        return this == BYTES ? "TYPE_STRING" : "TYPE_" + name();
    }

    /// The type of that number, or empty where no type has it.
    public static Optional<DataType> ofCode(int code) {
        return code > 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
    }

    /// The type with the protocol name `name` (such as `FP32` or `BYTES`), or empty.
    public static Optional<DataType> ofName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
