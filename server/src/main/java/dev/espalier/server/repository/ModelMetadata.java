package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.tensor.DataType;
import java.util.ArrayList;
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

    /// Describes a model by its configuration.
    ///
    /// @param versions the versions that are ready, or the one that was asked for
    static ModelMetadata of(ModelConfig config, List<String> versions) {
        boolean batches = config.getMaxBatchSize() > 0;
        return new ModelMetadata(
                config.getName(),
                versions,
                config.getPlatform(),
                config.getInputList().stream()
                        .map(input ->
                                tensor(
                                        input.getName(),
                                        input.getDataTypeValue(),
                                        input.getDimsList(),
                                        batches))
                        .toList(),
                config.getOutputList().stream()
                        .map(output ->
                                tensor(
                                        output.getName(),
                                        output.getDataTypeValue(),
                                        output.getDimsList(),
                                        batches))
                        .toList());
    }

    private static Tensor tensor(String name, int type, List<Long> dims, boolean batches) {
        List<Long> shape = new ArrayList<>(dims);
        if (batches) {
            shape.addFirst(-1L);
        }
        // A configuration is checked before its model is described.
        return new Tensor(name, DataType.ofCode(type).orElseThrow(), shape);
    }
}
