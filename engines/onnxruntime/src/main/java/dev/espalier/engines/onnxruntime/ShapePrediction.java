package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells an output's shape before the run, where the model says enough: every dimension is fixed, or
/// has the name of an input's dimension. Then the output is computed straight into its place.
///
/// What a model says of its outputs may be untrue where custom ops make them. So an output is trusted
/// only once a run has shown the predicted shape, and never again after a run that did not.
///
/// Safe for use by several threads: to trust a little late does no harm.
final class ShapePrediction {
    private static final int FIXED = -1;

    /// Where a dimension of an output comes from: an input's dimension, or a fixed size.
    private record Source(int input, int axis, long size) {}

    private enum Trust {
        UNKNOWN,
        PROVEN,
        NEVER
    }

    private final Source[][] sources;
    private final Trust[] trust;

    ShapePrediction(List<OrtTensor> inputs, List<OrtTensor> outputs) {
        sources = new Source[outputs.size()][];
        trust = new Trust[outputs.size()];
        for (int index = 0; index < sources.length; index++) {
            Source[] found = sources(inputs, outputs.get(index));
            sources[index] = found == null ? new Source[0] : found;
            trust[index] = found == null ? Trust.NEVER : Trust.UNKNOWN;
        }
    }

    /// The sources of all dimensions, or null where one is unknown.
    private static Source @Nullable [] sources(List<OrtTensor> inputs, OrtTensor output) {
        if (output.type() == DataType.BYTES) {
            return null;
        }
        Source[] found = new Source[output.dimensions().size()];
        for (int axis = 0; axis < found.length; axis++) {
            Source source =
                    output.dimensions().get(axis) >= 0
                            ? new Source(FIXED, 0, output.dimensions().get(axis))
                            : named(inputs, output.symbols().get(axis));
            if (source == null) {
                return null;
            }
            found[axis] = source;
        }
        return found;
    }

    private static @Nullable Source named(List<OrtTensor> inputs, String symbol) {
        for (int input = 0; input < inputs.size(); input++) {
            int axis = symbol.isEmpty() ? -1 : inputs.get(input).symbols().indexOf(symbol);
            if (axis >= 0) {
                return new Source(input, axis, 0);
            }
        }
        return null;
    }

    /// Whether the output's shape is known before the run.
    boolean isTrusted(int output) {
        return trust[output] == Trust.PROVEN;
    }

    int rank(int output) {
        return sources[output].length;
    }

    /// The size of the output's dimension `axis` in a run on `inputs`.
    long dimension(int output, int axis, Execution.Tensors inputs) {
        Source source = sources[output][axis];
        return source.input == FIXED ? source.size : inputs.dimension(source.input, source.axis);
    }

    /// Learns from a run whose outputs ONNX Runtime made by itself.
    void learn(int output, Execution.Tensors inputs, Execution.Tensors outputs) {
        if (trust[output] != Trust.UNKNOWN) {
            return;
        }
        boolean right = outputs.rank(output) == rank(output);
        for (int axis = 0; right && axis < rank(output); axis++) {
            right = dimension(output, axis, inputs) == outputs.dimension(output, axis);
        }
        trust[output] = right ? Trust.PROVEN : Trust.NEVER;
    }

    /// A run has shown that a trusted shape was wrong: nothing of this model is predicted any more.
    void giveUp() {
        Arrays.fill(trust, Trust.NEVER);
    }
}
