package dev.espalier.server.engines.onnxruntime;

import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the server wants to know of an ONNX file.
///
/// @param opsets the version of each operator set that the model imports, by domain; the standard one
///     has the empty domain
/// @param inputs what a run must be given, in the file's order; initializers are not among them
/// @param ops every operator that the model uses, in its subgraphs and functions too
/// @param functions the operators that the file itself defines
public record OnnxModel(
        Map<String, Long> opsets,
        List<Tensor> inputs,
        List<Tensor> outputs,
        Set<Op> ops,
        Set<Op> functions)
        implements ModelDescription {
    public OnnxModel {
        opsets = Map.copyOf(opsets);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        ops = Set.copyOf(ops);
        functions = Set.copyOf(functions);
    }

    /// Domains of which ONNX Runtime has operators.
    private static final Set<String> STANDARD =
            Set.of(
                    "",
                    "ai.onnx.ml",
                    "ai.onnx.preview",
                    "ai.onnx.preview.training",
                    "ai.onnx.training",
                    "com.microsoft",
                    "com.microsoft.dml",
                    "com.microsoft.experimental",
                    "com.microsoft.nchwc",
                    "com.ms.internal.nhwc",
                    "org.pytorch.aten");

    /// The operators that somebody other than the file must provide.
    @Override
    public OpNeeds needs() {
        Set<OpNeed> custom = new HashSet<>();
        Set<OpNeed> standard = new HashSet<>();
        for (Op op : ops) {
            if (!functions.contains(op)) {
                long version = opsets.getOrDefault(op.domain(), 1L);
                (STANDARD.contains(op.domain()) ? standard : custom)
                        .add(
                                new OpNeed(
                                        new OpName(op.domain(), op.type()),
                                        Math.clamp(version, 1, Integer.MAX_VALUE)));
            }
        }
        return new OpNeeds(custom, standard);
    }

    /// The name of an operator.
    ///
    /// @param domain empty for the standard operators
    public record Op(String domain, String type) {}
}
