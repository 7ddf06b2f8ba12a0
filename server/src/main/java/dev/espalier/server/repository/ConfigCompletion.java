package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelInput;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.protocol.ModelTensorReshape;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.tensor.DataType;
import java.util.List;
import java.util.stream.Stream;

/// Fills in what a configuration does not say, from the model's file, with the results that Triton has:
///
/// - Inputs and outputs are completed each as a whole, where the configuration has none of them and the
///   file tells them.
/// - A model can batch when the first dimension of every input and output varies. Then
///   `max_batch_size` becomes the default, and the rest of each shape its dims; nothing left is
///   `dims: [1]` with an empty reshape.
/// - A completed model that batches gets `dynamic_batching`.
final class ConfigCompletion {
    private final ModelConfig.Builder config;
    private final ModelDescription model;

    private ConfigCompletion(ModelConfig config, ModelDescription model) {
        this.config = config.toBuilder();
        this.model = model;
    }

    /// @throws ServingException when the configuration asks for batches that the model cannot do
    static ModelConfig complete(ModelConfig config, ModelDescription model, int defaultMaxBatchSize)
            throws ServingException {
        boolean complete = config.getInputCount() > 0 && config.getOutputCount() > 0;
        if (complete || model.outputs().isEmpty()) {
            return config;
        }
        ConfigCompletion completion = new ConfigCompletion(config, model);
        completion.completeBatchSize(defaultMaxBatchSize);
        completion.completeTensors();
        completion.completeBatching();
        return completion.config.build();
    }

    private void completeBatchSize(int defaultMaxBatchSize) throws ServingException {
        boolean batches = model.inputs().size() > 0 && tensors().allMatch(ConfigCompletion::varies);
        if (config.getMaxBatchSize() > 0 && !batches) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "autofill failed for model '%s': model does not support batching while non-zero max_batch_size is specified"
                            .formatted(config.getName()));
        }
        if (config.getMaxBatchSize() == 0 && batches) {
            config.setMaxBatchSize(defaultMaxBatchSize);
        }
    }

    private Stream<ModelDescription.Tensor> tensors() {
        return Stream.concat(model.inputs().stream(), model.outputs().stream());
    }

    private static boolean varies(ModelDescription.Tensor tensor) {
        List<Long> dimensions = tensor.dimensions();
        return dimensions != null && !dimensions.isEmpty() && dimensions.getFirst() == -1;
    }

    private void completeTensors() throws ServingException {
        if (config.getInputCount() == 0) {
            for (ModelDescription.Tensor tensor : model.inputs()) {
                ModelInput.Builder input =
                        ModelInput.newBuilder()
                                .setName(tensor.name())
                                .setDataTypeValue(type(tensor))
                                .addAllDims(dims(tensor));
                if (needsReshape(tensor)) {
                    input.setReshape(ModelTensorReshape.getDefaultInstance());
                }
                config.addInput(input);
            }
        }
        if (config.getOutputCount() == 0) {
            for (ModelDescription.Tensor tensor : model.outputs()) {
                ModelOutput.Builder output =
                        ModelOutput.newBuilder()
                                .setName(tensor.name())
                                .setDataTypeValue(type(tensor))
                                .addAllDims(dims(tensor));
                if (needsReshape(tensor)) {
                    output.setReshape(ModelTensorReshape.getDefaultInstance());
                }
                config.addOutput(output);
            }
        }
    }

    private int type(ModelDescription.Tensor tensor) throws ServingException {
        DataType type = tensor.type();
        if (type == null) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED,
                    "tensor '%s' of %s has %s (expected: a tensor with elements that the inference protocol has, such as FP32)"
                            .formatted(tensor.name(), config.getName(), tensor.elementType()));
        }
        return type.code();
    }

    private List<Long> dims(ModelDescription.Tensor tensor) {
        List<Long> dims = withoutBatch(tensor);
        return dims.isEmpty() ? List.of(1L) : dims;
    }

    private List<Long> withoutBatch(ModelDescription.Tensor tensor) {
        List<Long> dimensions = tensor.dimensions();
        if (dimensions == null) {
            return List.of();
        }
        return config.getMaxBatchSize() > 0 ? dimensions.subList(1, dimensions.size()) : dimensions;
    }

    /// A member of a batch that is a single number: clients see [1], the model nothing.
    private boolean needsReshape(ModelDescription.Tensor tensor) {
        return config.getMaxBatchSize() > 0 && withoutBatch(tensor).isEmpty();
    }

    private void completeBatching() {
        if (config.getMaxBatchSize() > 1
                && !config.hasSequenceBatching()
                && !config.hasDynamicBatching()) {
            config.getDynamicBatchingBuilder();
        }
    }
}
