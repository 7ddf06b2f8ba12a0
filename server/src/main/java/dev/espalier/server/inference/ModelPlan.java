package dev.espalier.server.inference;

import dev.espalier.tensor.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a model takes and gives, from its configuration, laid out for checking requests.
public final class ModelPlan {
    private final String model;
    private final int maxBatchSize;
    private final boolean decoupled;
    private final List<Tensor> inputs;
    private final List<Tensor> outputs;
    private final Map<String, Tensor> inputByName = new HashMap<>();
    private final Map<String, Tensor> outputByName = new HashMap<>();
    private final int requiredInputs;

    /// One input or output.
    ///
    /// @param dims its dimensions as clients see them, without the batch; -1 where they vary
    /// @param engineDims its dimensions as the engine sees them, where `reshape` makes them others; the
    ///     same array otherwise
    /// @param engineIndex its index in the engine's signature
    /// @param labels what its elements are called, by index; empty where they have no names
    public record Tensor(
            String name,
            DataType type,
            long[] dims,
            long[] engineDims,
            int engineIndex,
            boolean optional,
            List<String> labels) {
        public Tensor {
            labels = List.copyOf(labels);
        }
    }

    /// @param maxBatchSize 0 for models without a batch dimension
    /// @param decoupled whether a request may have any number of answers
    public ModelPlan(
            String model,
            int maxBatchSize,
            boolean decoupled,
            List<Tensor> inputs,
            List<Tensor> outputs) {
        this.model = model;
        this.maxBatchSize = maxBatchSize;
        this.decoupled = decoupled;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        inputs.forEach(input -> inputByName.put(input.name(), input));
        outputs.forEach(output -> outputByName.put(output.name(), output));
        requiredInputs = (int) inputs.stream().filter(input -> !input.optional()).count();
    }

    String model() {
        return model;
    }

    int maxBatchSize() {
        return maxBatchSize;
    }

    boolean decoupled() {
        return decoupled;
    }

    boolean batches() {
        return maxBatchSize > 0;
    }

    List<Tensor> inputs() {
        return inputs;
    }

    List<Tensor> outputs() {
        return outputs;
    }

    int requiredInputs() {
        return requiredInputs;
    }

    @Nullable Tensor input(String name) {
        return inputByName.get(name);
    }

    @Nullable Tensor output(String name) {
        return outputByName.get(name);
    }
}
