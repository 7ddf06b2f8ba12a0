package dev.espalier.tensor;

import java.util.List;

/// The inputs and outputs of a loaded model, in the model's own order. Requests and results name
/// tensors by their index here.
///
/// @param maxBatchSize the largest first dimension that all inputs can have at once; 0 where the model does not
///     say
public record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs, int maxBatchSize) {
    /// Of a model of which nothing is known.
    public static final Signature EMPTY = new Signature(List.of(), List.of());

    /// Of a model that does not say how large its batches may be.
    public Signature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        this(inputs, outputs, 0);
    }

    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
