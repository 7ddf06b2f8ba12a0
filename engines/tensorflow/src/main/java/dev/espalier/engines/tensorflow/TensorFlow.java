package dev.espalier.engines.tensorflow;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import java.nio.file.Path;

/// TensorFlow, by its name.
public final class TensorFlow implements EngineKind {
    @Override
    public String name() {
        return "tensorflow";
    }

    @Override
    public Engine open(Path library) throws EngineException {
        return new TensorFlowEngine(library);
    }

    @Override
    public OpInspector inspector(Path library) throws EngineException {
        return new TfOpInspector(library);
    }
}
