package dev.espalier.tensor;

import java.util.List;

/// The inputs and outputs of a loaded model, in the model's own order. Requests and results name
/// tensors by their index here.
public record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    /// Of a model of which nothing is known.
    public static final Signature EMPTY = new Signature(List.of(), List.of());

    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
