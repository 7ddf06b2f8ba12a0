package dev.espalier.engines.java;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Instance;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import dev.espalier.sdk.Model;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A model version: a class in a class loader of its own, and an object of it for each instance.
final class JavaModel implements LoadedModel {
    private final ModelJar jar;
    private final ModelClass type;
    private final ModelSource source;
    private final Signature signature;
    private final AtomicInteger instances = new AtomicInteger();

    /// The object that has told the signature becomes the first instance.
    private @Nullable Model first;

    JavaModel(ModelJar jar, ModelClass type, ModelSource source, Signature signature, Model first) {
        this.jar = jar;
        this.type = type;
        this.source = source;
        this.signature = signature;
        this.first = first;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public Instance newInstance() throws EngineException {
        ModelSettings settings = source.settings();
        JavaInstance instance = newJavaInstance();
        return settings.decoupled() || settings.maxBatchSize() > 1
                ? instance
                : new OneRequestInstance(instance);
    }

    JavaInstance newJavaInstance() throws EngineException {
        Model model = first == null ? type.create() : first;
        first = null;
        InstanceContext context =
                new InstanceContext(source, signature, instances.getAndIncrement());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(jar.loader());
        try {
            model.load(context);
        } catch (Throwable failure) {
            throw type.thrown("load", failure);
        } finally {
            thread.setContextClassLoader(before);
        }
        return new JavaInstance(
                source.name(), model, source.settings().decoupled(), signature, jar.loader());
    }

    @Override
    public void close() {
        jar.close();
    }
}
