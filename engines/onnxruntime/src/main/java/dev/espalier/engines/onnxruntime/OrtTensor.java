package dev.espalier.engines.onnxruntime;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.util.List;

/// An input or output of a session.
///
/// @param dimensions -1 where it varies
/// @param symbols the names of its dimensions in the model, empty where they have none
/// @param nameAddress the name as a C string that lives as long as the model
record OrtTensor(
        String name, DataType type, List<Long> dimensions, List<String> symbols, long nameAddress) {
    OrtTensor {
        dimensions = List.copyOf(dimensions);
        symbols = List.copyOf(symbols);
    }

    TensorSpec spec() {
        return new TensorSpec(name, type, dimensions);
    }
}
