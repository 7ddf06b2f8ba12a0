package dev.espalier.server.repository;

import dev.espalier.tensor.DataType;
import java.util.List;

/// A model as its metadata requests describe it.
///
/// @param versions the versions that are ready, or the one that was asked for
public record ModelMetadata(
        String name,
        List<String> versions,
        String platform,
        List<Tensor> inputs,
        List<Tensor> outputs) {
    public ModelMetadata {
        versions = List.copyOf(versions);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// One input or output.
    ///
    /// @param shape its dimensions, with a leading -1 where the model batches
    public record Tensor(String name, DataType datatype, List<Long> shape) {
        public Tensor {
            shape = List.copyOf(shape);
        }
    }
}
