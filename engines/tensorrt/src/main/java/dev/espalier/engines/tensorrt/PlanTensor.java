package dev.espalier.engines.tensorrt;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.util.Arrays;

/// An input or output of a plan.
///
/// @param nameAddress of its name as a C string
/// @param sizes -1 where it varies
/// @param onHost whether TensorRT reads it in the host's memory, as it does shapes
record PlanTensor(String name, long nameAddress, DataType type, long[] sizes, boolean onHost) {
    TensorSpec spec() {
        return new TensorSpec(name, type, Arrays.stream(sizes).boxed().toList());
    }
}
