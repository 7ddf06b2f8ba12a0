package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;

/// TensorRT's numbers for element types, beside ours.
final class ElementType {
    /// In the order of its numbers.
    private static final String[] NAMES = {
        "FP32", "FP16", "INT8", "INT32", "BOOL", "UINT8", "FP8", "BF16", "INT64", "INT4", "FP4",
        "E8M0"
    };

    private ElementType() {}

    /// Our type for TensorRT's number.
    ///
    /// @param tensor what has the type, for the message
    static DataType of(int number, String tensor) throws EngineException {
        String name = number >= 0 && number < NAMES.length ? NAMES[number] : "number " + number;
        return DataType.ofName(name)
                .orElseThrow(() ->
                        new EngineException(
                                "%s has the element type %s (expected: one that the inference protocol has, such as FP32); cast it inside the model"
                                        .formatted(tensor, name)));
    }
}
