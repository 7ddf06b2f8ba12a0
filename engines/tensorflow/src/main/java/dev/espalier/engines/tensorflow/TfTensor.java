package dev.espalier.engines.tensorflow;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.util.List;

/// An input or output of a model, and where it is in the graph.
///
/// @param name what clients call it
/// @param dimensions -1 where it varies
/// @param operation the address of the graph's `TF_Operation`
/// @param index which of the operation's outputs it is
record TfTensor(String name, DataType type, List<Long> dimensions, long operation, int index) {
    TfTensor {
        dimensions = List.copyOf(dimensions);
    }

    TensorSpec spec() {
        return new TensorSpec(name, type, dimensions);
    }
}
