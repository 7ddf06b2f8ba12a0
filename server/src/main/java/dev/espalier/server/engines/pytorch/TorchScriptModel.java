package dev.espalier.server.engines.pytorch;

import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What the server wants to know of a TorchScript archive. Its inputs and outputs have no types there.
///
/// @param ops those that its code calls by namespace and name, such as `my_ops::custom_modulo`
public record TorchScriptModel(Set<String> ops) implements ModelDescription {
    public TorchScriptModel {
        ops = Set.copyOf(ops);
    }

    @Override
    public List<Tensor> inputs() {
        return List.of();
    }

    @Override
    public List<Tensor> outputs() {
        return List.of();
    }

    @Override
    public OpNeeds needs() {
        return new OpNeeds(
                ops.stream()
                        .filter(op -> !PyTorchOps.has(op))
                        .map(PyTorchOps::need)
                        .collect(Collectors.toSet()),
                PyTorchOps.BUILT_IN);
    }
}
