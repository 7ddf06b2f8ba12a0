package dev.espalier.tensor;

import java.util.Arrays;
import java.util.List;

/// One input or output of a model as its engine knows it.
///
/// @param name the tensor's name in the model
/// @param type its element type
/// @param dimensions its shape, batch dimension included; -1 where it varies; empty for a scalar
public record TensorSpec(String name, DataType type, List<Long> dimensions) {
    public TensorSpec {
        dimensions = List.copyOf(dimensions);
    }

    /// The same with the dimensions one by one.
    public static TensorSpec of(String name, DataType type, long... dimensions) {
        return new TensorSpec(name, type, Arrays.stream(dimensions).boxed().toList());
    }
}
