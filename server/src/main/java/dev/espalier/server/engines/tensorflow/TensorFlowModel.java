package dev.espalier.server.engines.tensorflow;

import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the server wants to know of a TensorFlow model.
///
/// @param inputs those of the signature that is served; empty for a GraphDef, which has none
/// @param ops every op that the graph uses, in its functions too
/// @param functions what the model itself defines; nodes call them like ops
public record TensorFlowModel(
        List<Tensor> inputs, List<Tensor> outputs, Set<String> ops, Set<String> functions)
        implements ModelDescription {
    public TensorFlowModel {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        ops = Set.copyOf(ops);
        functions = Set.copyOf(functions);
    }

    @Override
    public OpNeeds needs() {
        Set<OpNeed> custom = new HashSet<>();
        Set<OpNeed> standard = new HashSet<>();
        for (String op : ops) {
            if (!functions.contains(op)) {
                (TensorFlowOps.BUILT_IN.contains(op) ? standard : custom)
                        .add(new OpNeed(new OpName("", op), 1));
            }
        }
        return new OpNeeds(custom, standard);
    }
}
