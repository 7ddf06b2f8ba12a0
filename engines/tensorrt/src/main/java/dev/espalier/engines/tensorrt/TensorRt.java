package dev.espalier.engines.tensorrt;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import java.nio.file.Path;

/// TensorRT, by its name.
public final class TensorRt implements EngineKind {
    @Override
    public String name() {
        return "tensorrt";
    }

    @Override
    public Engine open(Path library) throws EngineException {
        return new TensorRtEngine(library);
    }

    @Override
    public OpInspector inspector(Path library) throws EngineException {
        return new PluginInspector(library);
    }
}
