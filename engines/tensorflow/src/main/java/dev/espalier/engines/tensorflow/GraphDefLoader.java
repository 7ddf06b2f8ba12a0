package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.ModelSource;
import dev.espalier.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Loads a GraphDef: a file with a frozen graph. It does not tell its inputs and outputs; they are the
/// ones that the model's configuration declares, by the names of nodes.
final class GraphDefLoader {
    private final TfApi api;
    private final ModelSource source;

    GraphDefLoader(TfApi api, ModelSource source) {
        this.api = api;
        this.source = source;
    }

    TfModel load() throws EngineException {
        if (source.declared().outputs().isEmpty()) {
            throw new EngineException(
                    "%s is a GraphDef, which does not tell what it takes and gives (expected: a config.pbtxt; declare its inputs and outputs there, by the names of nodes)"
                            .formatted(source.file().getFileName()));
        }
        TfGraph graph = new TfGraph(api);
        long session = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = map(arena);
            GraphNodes nodes = GraphNodes.read(new ProtoReader(bytes));
            importGraph(graph, bytes);
            session = createSession(graph);
            List<TensorSpec> outputs = source.declared().outputs();
            return new TfModel(
                    api,
                    graph,
                    session,
                    tensors(graph, "input", source.declared().inputs()),
                    tensors(graph, "output", outputs),
                    InputRetention.isPossible(api, graph.address(), nodes, names(outputs)));
        } catch (EngineException failure) {
            TfModel.release(api, session, graph);
            throw failure;
        }
    }

    private MemorySegment map(Arena arena) throws EngineException {
        try (FileChannel file = FileChannel.open(source.file())) {
            return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
        } catch (IOException failure) {
            throw new EngineException(
                    "reading %s: %s".formatted(source.file(), failure.getMessage()), failure);
        }
    }

    private void importGraph(TfGraph graph, MemorySegment bytes) throws EngineException {
        long options = api.call(TfFunction.NEW_IMPORT_OPTIONS);
        try (TfBuffer definition = TfBuffer.over(api, bytes);
                Status status = new Status(api)) {
            long _ =
                    api.call(
                            TfFunction.IMPORT_GRAPH_DEF,
                            graph.address(),
                            definition.address(),
                            options,
                            status.address());
            status.check("loading " + TensorFlowEngine.describe(source));
        } finally {
            long _ = api.call(TfFunction.DELETE_IMPORT_OPTIONS, options);
        }
    }

    private long createSession(TfGraph graph) throws EngineException {
        try (SessionOptions options = new SessionOptions(api, source.parameters());
                Status status = new Status(api)) {
            long session =
                    api.call(
                            TfFunction.NEW_SESSION,
                            graph.address(),
                            options.address(),
                            status.address());
            status.check("making a session");
            return session;
        }
    }

    private static Collection<String> names(List<TensorSpec> tensors) {
        return tensors.stream().map(spec -> TensorName.of(spec.name()).node()).toList();
    }

    private static List<TfTensor> tensors(TfGraph graph, String kind, List<TensorSpec> declared)
            throws EngineException {
        List<TfTensor> tensors = new ArrayList<>();
        for (TensorSpec spec : declared) {
            TensorPlace place = new TensorPlace(TensorName.of(spec.name()), null);
            tensors.add(graph.tensor(kind, spec.name(), place, declared));
        }
        return tensors;
    }
}
