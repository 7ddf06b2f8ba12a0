package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Loads a SavedModel: a folder with graphs, signatures and the values of variables. Which of them is
/// served is told by the parameters of Triton's TensorFlow backend.
final class SavedModelLoader {
    private final TfApi api;
    private final ModelSource source;

    SavedModelLoader(TfApi api, ModelSource source) {
        this.api = api;
        this.source = source;
    }

    TfModel load() throws EngineException {
        TfGraph graph = new TfGraph(api);
        long session = 0;
        try (TfBuffer description = TfBuffer.empty(api)) {
            session = createSession(graph, description);
            MetaGraph meta = MetaGraph.read(new ProtoReader(description.data()));
            MetaGraph.Signature signature =
                    meta.signature(source.parameters().get("TF_SIGNATURE_DEF"));
            return new TfModel(
                    api,
                    graph,
                    session,
                    tensors(graph, "input", signature.inputs(), source.declared().inputs()),
                    tensors(graph, "output", signature.outputs(), source.declared().outputs()),
                    InputRetention.isPossible(
                            api, graph.address(), meta.nodes(), nodes(signature.outputs())));
        } catch (EngineException failure) {
            TfModel.release(api, session, graph);
            throw failure;
        }
    }

    private long createSession(TfGraph graph, TfBuffer description) throws EngineException {
        String tag = source.parameters().getOrDefault("TF_GRAPH_TAG", "serve");
        try (SessionOptions options = new SessionOptions(api, source.parameters());
                Arena arena = Arena.ofConfined();
                Status status = new Status(api)) {
            MemorySegment tags = arena.allocateFrom(JAVA_LONG, arena.allocateFrom(tag).address());
            long session =
                    api.loadSavedModel(
                            options.address(),
                            arena.allocateFrom(source.file().toString()).address(),
                            tags.address(),
                            1,
                            graph.address(),
                            description.address(),
                            status.address());
            status.check("loading " + TensorFlowEngine.describe(source));
            return session;
        }
    }

    private static Collection<String> nodes(Map<String, TensorPlace> tensors) {
        return tensors.values().stream().map(place -> place.tensor().node()).toList();
    }

    private static List<TfTensor> tensors(
            TfGraph graph, String kind, Map<String, TensorPlace> places, List<TensorSpec> declared)
            throws EngineException {
        List<TfTensor> tensors = new ArrayList<>();
        for (Map.Entry<String, TensorPlace> place : places.entrySet()) {
            tensors.add(graph.tensor(kind, place.getKey(), place.getValue(), declared));
        }
        return tensors;
    }
}
