package dev.espalier.engines.pytorch;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import java.nio.file.Path;

/// PyTorch, by its name.
public final class PyTorch implements EngineKind {
    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public Engine open(Path library) throws EngineException {
        return new PyTorchEngine(library);
    }

    @Override
    public OpInspector inspector(Path library) throws EngineException {
        return new TorchOpInspector(library);
    }
}
