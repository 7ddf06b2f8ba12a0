package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import java.nio.file.Path;

/// ONNX Runtime, by its name.
public final class OnnxRuntime implements EngineKind {
    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public Engine open(Path library) throws EngineException {
        return new OnnxRuntimeEngine(library);
    }

    @Override
    public OpInspector inspector(Path library) throws EngineException {
        return new OnnxOpInspector(library);
    }
}
