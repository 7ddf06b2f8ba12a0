package dev.espalier.engines.java;

import dev.espalier.engine.ModelSource;
import dev.espalier.sdk.ModelContext;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// What an instance is told of itself.
record InstanceContext(ModelSource source, Signature signature, int instance)
        implements ModelContext {
    @Override
    public String name() {
        return source.name();
    }

    @Override
    public Path folder() {
        return Objects.requireNonNull(source.file().toAbsolutePath().getParent());
    }

    @Override
    public Map<String, String> parameters() {
        return source.parameters();
    }

    @Override
    public long version() {
        return source.settings().version();
    }

    @Override
    public int maxBatchSize() {
        return source.settings().maxBatchSize();
    }

    @Override
    public boolean isDecoupled() {
        return source.settings().decoupled();
    }

    @Override
    public String configuration() {
        return source.settings().json();
    }

    @Override
    public System.Logger logger() {
        return new ModelLog(source.name());
    }
}
