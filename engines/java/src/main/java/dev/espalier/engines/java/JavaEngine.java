package dev.espalier.engines.java;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import dev.espalier.sdk.Model;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;

/// Loads models from jars. Its version is that of the interface that they are written against.
final class JavaEngine implements Engine {
    @Override
    public String name() {
        return JavaModels.NAME;
    }

    @Override
    public String version() {
        String version = Model.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked" : version;
    }

    /// The model's jar is its op library, whose content has been checked; the copy beside its files is not used.
    @Override
    public LoadedModel load(ModelSource source) throws EngineException {
        Path jar = source.opLibraries().isEmpty() ? source.file() : source.opLibraries().getFirst();
        ModelJar opened = ModelJar.open(jar, source.name());
        try {
            ModelClass type = opened.model(source.parameters().getOrDefault("model_class", ""));
            Model first = type.create();
            Signature told = type.signature(first);
            Signature signature = told.equals(Signature.EMPTY) ? source.declared() : told;
            if (signature.outputs().isEmpty()) {
                throw new EngineException(
                        "neither the configuration of model '%s' nor %s.signature() names inputs and outputs (expected: one of them)"
                                .formatted(source.name(), type.name()));
            }
            return new JavaModel(opened, type, source, signature, first);
        } catch (EngineException | RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    @Override
    public void close() {}
}
