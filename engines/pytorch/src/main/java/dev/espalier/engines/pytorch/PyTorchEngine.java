package dev.espalier.engines.pytorch;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// PyTorch, run through libtorch. Op libraries stay open as long as the process lives, and register with all of it.
final class PyTorchEngine implements Engine {
    private final String version;
    private final Set<Path> openLibraries = new HashSet<>();

    /// @param library the path of `libtorch`
    PyTorchEngine(Path library) throws EngineException {
        version = LibTorch.load(library);
    }

    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public LoadedModel load(ModelSource source) throws EngineException {
        for (Path library : source.opLibraries()) {
            if (!openLibraries.contains(library)) {
                OpLibraryFile.open(library);
                openLibraries.add(library);
            }
        }
        return ScriptModel.load(source);
    }

    @Override
    public void close() {
        // What PyTorch has is the process's.
    }
}
