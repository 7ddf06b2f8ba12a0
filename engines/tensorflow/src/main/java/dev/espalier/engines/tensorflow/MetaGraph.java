package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One graph of a SavedModel with its signatures: a `MetaGraphDef` (`meta_graph.proto`). The numbers in
/// the code are the messages' field numbers.
///
/// @param nodes the graph's
/// @param signatures by name
record MetaGraph(GraphNodes nodes, Map<String, Signature> signatures) {
    static final String DEFAULT_SIGNATURE = "serving_default";

    /// Signatures that are no functions of the model.
    private static final Set<String> INTERNAL =
            Set.of("__saved_model_init_op", "__saved_model_train_op");

    /// What a function of the model takes and gives: the tensors in the graph, by the names that clients
    /// know, in the order of these names.
    record Signature(Map<String, TensorPlace> inputs, Map<String, TensorPlace> outputs) {}

    static MetaGraph read(ProtoReader reader) throws EngineException {
        GraphNodes nodes = new GraphNodes(Map.of(), Map.of());
        Map<String, Signature> signatures = new TreeMap<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 2 -> nodes = GraphNodes.read(reader.message());
                case 5 -> readSignature(reader.message(), signatures);
                default -> reader.skip();
            }
        }
        return new MetaGraph(nodes, signatures);
    }

    /// The signature to serve.
    ///
    /// @param name the name that the model's configuration gives, or null for none
    Signature signature(@Nullable String name) throws EngineException {
        Signature found = signatures.get(name == null ? DEFAULT_SIGNATURE : name);
        if (found == null && name == null) {
            found =
                    signatures.entrySet().stream()
                            .filter(entry -> !INTERNAL.contains(entry.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse(null);
        }
        if (found == null) {
            throw new EngineException(
                    "the model has no signature '%s' (it has: %s); choose one by the parameter TF_SIGNATURE_DEF"
                            .formatted(
                                    name == null ? DEFAULT_SIGNATURE : name,
                                    String.join(", ", signatures.keySet())));
        }
        return found;
    }

    private static void readSignature(ProtoReader entry, Map<String, Signature> signatures)
            throws EngineException {
        String name = "";
        Signature signature = new Signature(new TreeMap<>(), new TreeMap<>());
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> name = entry.text();
                case 2 -> readTensors(entry.message(), signature);
                default -> entry.skip();
            }
        }
        signatures.put(name, signature);
    }

    private static void readTensors(ProtoReader reader, Signature signature)
            throws EngineException {
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> readTensor(reader.message(), signature.inputs());
                case 2 -> readTensor(reader.message(), signature.outputs());
                default -> reader.skip();
            }
        }
    }

    private static void readTensor(ProtoReader entry, Map<String, TensorPlace> tensors)
            throws EngineException {
        String name = "";
        TensorPlace place = new TensorPlace(new TensorName("", 0), null);
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> name = entry.text();
                case 2 -> place = place(entry.message());
                default -> entry.skip();
            }
        }
        if (place.tensor().node().isEmpty()) {
            throw new EngineException(
                    "tensor '%s' of the signature is sparse or composite (expected: a dense tensor)"
                            .formatted(name));
        }
        tensors.put(name, place);
    }

    private static TensorPlace place(ProtoReader info) throws EngineException {
        String name = "";
        List<Long> dimensions = null;
        while (info.next()) {
            switch (info.field()) {
                case 1 -> name = info.text();
                case 3 -> dimensions = shape(info.message());
                default -> info.skip();
            }
        }
        return new TensorPlace(TensorName.of(name), dimensions);
    }

    private static @Nullable List<Long> shape(ProtoReader shape) throws EngineException {
        List<Long> dimensions = new ArrayList<>();
        boolean unknown = false;
        while (shape.next()) {
            switch (shape.field()) {
                case 2 -> dimensions.add(size(shape.message()));
                case 3 -> unknown = shape.number() != 0;
                default -> shape.skip();
            }
        }
        return unknown ? null : dimensions;
    }

    private static long size(ProtoReader dimension) throws EngineException {
        long size = 0;
        while (dimension.next()) {
            if (dimension.field() == 1) {
                size = dimension.number();
            } else {
                dimension.skip();
            }
        }
        return size;
    }
}
