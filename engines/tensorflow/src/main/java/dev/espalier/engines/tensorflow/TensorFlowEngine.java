package dev.espalier.engines.tensorflow;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// TensorFlow, run through its C API. Each model is a graph and a session of its own, shared by the model's
/// instances. Op libraries stay open as long as the process lives, and register with all of it: their ops are
/// there for every model.
public final class TensorFlowEngine implements Engine {
    private final TfApi api;
    private final Set<Path> openLibraries = new HashSet<>();

    /// Loads `libtensorflow_cc`, and `libtensorflow_framework` beside it, for as long as the process lives.
    ///
    /// @param library the path of the former
    public TensorFlowEngine(Path library) throws EngineException {
        api = TfApi.load(library);
    }

    @Override
    public String name() {
        return "tensorflow";
    }

    @Override
    public String version() {
        return api.version();
    }

    @Override
    public LoadedModel load(ModelSource source) throws EngineException {
        for (Path library : source.opLibraries()) {
            if (!openLibraries.contains(library)) {
                OpLibraryLoader.open(api, library);
                openLibraries.add(library);
            }
        }
        return Files.isDirectory(source.file())
                ? new SavedModelLoader(api, source).load()
                : new GraphDefLoader(api, source).load();
    }

    /// A model for messages: its file, and the op libraries that it is loaded with.
    static String describe(ModelSource source) {
        String libraries =
                source.opLibraries().stream()
                        .map(library -> String.valueOf(library.getFileName()))
                        .collect(Collectors.joining(", "));
        return source.file().getFileName()
                + " with "
                + (libraries.isEmpty() ? "no op library" : libraries);
    }

    @Override
    public void close() {
        // What TensorFlow has is the process's.
    }
}
