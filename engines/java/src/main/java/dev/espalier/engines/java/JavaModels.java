package dev.espalier.engines.java;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineKind;
import dev.espalier.engine.OpInspector;
import java.nio.file.Path;

/// Models that are written in Java, against `dev.espalier.sdk`.
public final class JavaModels implements EngineKind {
    static final String NAME = "java";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Engine open(Path library) {
        Endings.report();
        return new JavaEngine();
    }

    @Override
    public OpInspector inspector(Path library) {
        return new ModelJarInspector();
    }
}
