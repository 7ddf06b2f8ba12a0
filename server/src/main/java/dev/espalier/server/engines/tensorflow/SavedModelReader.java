package dev.espalier.server.engines.tensorflow;

import static dev.espalier.server.formats.WireReader.BYTES;
import static dev.espalier.server.formats.WireReader.VARINT;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ModelDescription.Tensor;
import dev.espalier.server.formats.WireReader;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads signature and ops of a SavedModel (`saved_model.proto` and `meta_graph.proto` of
/// https://github.com/tensorflow/tensorflow). The numbers in the code are the formats' field numbers.
final class SavedModelReader {
    /// Parameters of Triton's TensorFlow backend, which choose one of several graphs and signatures.
    private static final String GRAPH_TAG = "TF_GRAPH_TAG";

    private static final String SIGNATURE = "TF_SIGNATURE_DEF";
    private static final String DEFAULT_TAG = "serve";
    private static final String DEFAULT_SIGNATURE = "serving_default";

    /// Signatures that are no functions of the model.
    private static final Set<String> INTERNAL =
            Set.of("__saved_model_init_op", "__saved_model_train_op");

    private final WireReader in;

    /// A graph, its tags, and its signatures in the order of their names.
    private record MetaGraph(
            GraphDefReader graph, Set<String> tags, TreeMap<String, Signature> signatures) {}

    /// Tensors by the names that clients know.
    private record Signature(TreeMap<String, Tensor> inputs, TreeMap<String, Tensor> outputs) {}

    private SavedModelReader(WireReader in) {
        this.in = in;
    }

    /// @param folder the SavedModel's
    /// @throws FormatException when it is none; the message says what stands where
    static TensorFlowModel read(Path folder, Map<String, String> parameters)
            throws IOException, FormatException {
        Path file = folder.resolve("saved_model.pb");
        if (!Files.isRegularFile(file)) {
            throw new FormatException("no file saved_model.pb in it");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel, parameters);
        }
    }

    static TensorFlowModel read(SeekableByteChannel channel, Map<String, String> parameters)
            throws IOException, FormatException {
        return new SavedModelReader(new WireReader(channel)).model(parameters);
    }

    private TensorFlowModel model(Map<String, String> parameters)
            throws IOException, FormatException {
        List<MetaGraph> graphs = new ArrayList<>();
        long end = in.size();
        while (in.next(end)) {
            if (in.is(2, BYTES)) {
                in.kept("");
                graphs.add(metaGraph(in.enter(end)));
            } else {
                in.skip(end);
            }
        }
        if (graphs.isEmpty()) {
            throw in.broken("no graph");
        }
        MetaGraph graph = chosen(graphs, parameters.getOrDefault(GRAPH_TAG, DEFAULT_TAG));
        Signature signature = chosen(graph, parameters.get(SIGNATURE));
        return graph.graph.model(
                List.copyOf(signature.inputs.values()), List.copyOf(signature.outputs.values()));
    }

    private static MetaGraph chosen(List<MetaGraph> graphs, String tag) throws FormatException {
        for (MetaGraph graph : graphs) {
            if (graph.tags.equals(Set.of(tag))) {
                return graph;
            }
        }
        throw new FormatException(
                "no graph with the tag '%s' (its graphs have: %s); choose one by the parameter %s"
                        .formatted(tag, graphs.stream().map(MetaGraph::tags).toList(), GRAPH_TAG));
    }

    private static Signature chosen(MetaGraph graph, @Nullable String name) throws FormatException {
        Signature found = graph.signatures.get(name == null ? DEFAULT_SIGNATURE : name);
        if (found == null && name == null) {
            for (var signature : graph.signatures.entrySet()) {
                if (!INTERNAL.contains(signature.getKey())) {
                    return signature.getValue();
                }
            }
        }
        if (found == null) {
            throw new FormatException(
                    "no signature '%s' (it has: %s); choose one by the parameter %s"
                            .formatted(
                                    name == null ? DEFAULT_SIGNATURE : name,
                                    String.join(", ", graph.signatures.keySet()),
                                    SIGNATURE));
        }
        return found;
    }

    private MetaGraph metaGraph(long end) throws IOException, FormatException {
        MetaGraph meta = new MetaGraph(new GraphDefReader(in), new HashSet<>(), new TreeMap<>());
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                tags(in.enter(end), meta.tags);
            } else if (in.is(2, BYTES)) {
                meta.graph.graph(in.enter(end));
            } else if (in.is(5, BYTES)) {
                signature(in.enter(end), meta.signatures);
            } else {
                in.skip(end);
            }
        }
        return meta;
    }

    private void tags(long end, Set<String> tags) throws IOException, FormatException {
        while (in.next(end)) {
            if (in.is(4, BYTES)) {
                String tag = in.text(end);
                in.kept(tag);
                tags.add(tag);
            } else {
                in.skip(end);
            }
        }
    }

    private void signature(long end, Map<String, Signature> signatures)
            throws IOException, FormatException {
        String name = "";
        Signature signature = new Signature(new TreeMap<>(), new TreeMap<>());
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                name = in.text(end);
            } else if (in.is(2, BYTES)) {
                long signatureEnd = in.enter(end);
                while (in.next(signatureEnd)) {
                    if (in.is(1, BYTES)) {
                        tensor(in.enter(signatureEnd), signature.inputs);
                    } else if (in.is(2, BYTES)) {
                        tensor(in.enter(signatureEnd), signature.outputs);
                    } else {
                        in.skip(signatureEnd);
                    }
                }
            } else {
                in.skip(end);
            }
        }
        in.kept(name);
        signatures.put(name, signature);
    }

    private void tensor(long end, Map<String, Tensor> tensors) throws IOException, FormatException {
        String name = "";
        int type = 0;
        List<Long> dimensions = null;
        while (in.next(end)) {
            if (in.is(1, BYTES)) {
                name = in.text(end);
            } else if (in.is(2, BYTES)) {
                long infoEnd = in.enter(end);
                while (in.next(infoEnd)) {
                    if (in.is(2, VARINT)) {
                        type = (int) in.varint();
                    } else if (in.is(3, BYTES)) {
                        dimensions = shape(in.enter(infoEnd));
                    } else {
                        in.skip(infoEnd);
                    }
                }
            } else {
                in.skip(end);
            }
        }
        in.kept(name);
        tensors.put(
                name,
                new Tensor(
                        name, TensorFlowTypes.name(type), TensorFlowTypes.type(type), dimensions));
    }

    private @Nullable List<Long> shape(long end) throws IOException, FormatException {
        List<Long> dimensions = new ArrayList<>();
        boolean unknown = false;
        while (in.next(end)) {
            if (in.is(2, BYTES)) {
                in.kept("");
                dimensions.add(dimension(in.enter(end)));
            } else if (in.is(3, VARINT)) {
                unknown = in.varint() != 0;
            } else {
                in.skip(end);
            }
        }
        return unknown ? null : dimensions;
    }

    private long dimension(long end) throws IOException, FormatException {
        long size = 0;
        while (in.next(end)) {
            if (in.is(1, VARINT)) {
                size = in.varint();
            } else {
                in.skip(end);
            }
        }
        return Math.max(size, -1);
    }
}
