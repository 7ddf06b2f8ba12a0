package dev.espalier.sdk.test;

import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import dev.espalier.engine.Request;
import dev.espalier.engines.java.ForTests;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A model that has been loaded into the test's own process, and one instance of it on a thread of its own.
final class ModelInThisProcess extends RunningModel {
    private final Engine engine;
    private final LoadedModel model;
    private final DecoupledInstance instance;
    private final Path folder;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("model instance").daemon().factory());

    private ModelInThisProcess(
            Engine engine, LoadedModel model, DecoupledInstance instance, Path folder) {
        this.engine = engine;
        this.model = model;
        this.instance = instance;
        this.folder = folder;
    }

    static ModelInThisProcess load(Engine engine, ModelSource source, Path folder)
            throws EngineException {
        Opened opened = new Opened();
        opened.add(engine::close);
        try {
            LoadedModel model = engine.load(source);
            opened.add(model::close);
            return new ModelInThisProcess(engine, model, ForTests.newInstance(model), folder);
        } catch (EngineException | RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    @Override
    public List<Reply> askTogether(List<List<Input>> requests) throws InterruptedException {
        List<AskedRequest> asked =
                requests.stream()
                        .map(inputs -> new AskedRequest(model.signature(), inputs))
                        .toList();
        thread.execute(() -> begin(asked));
        try {
            return replies(asked.stream().map(AskedRequest::reply).toList());
        } catch (AssertionError late) {
            asked.forEach(AskedRequest::cancel);
            throw late;
        }
    }

    private void begin(List<AskedRequest> asked) {
        try {
            instance.begin(List.<Request>copyOf(asked));
        } catch (EngineException failure) {
            for (AskedRequest request : asked) {
                if (!request.reply().isDone()) {
                    request.fail(failure);
                }
            }
        }
    }

    @Override
    public void close() {
        thread.execute(instance::close);
        thread.shutdown();
        try {
            boolean _ = thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        model.close();
        engine.close();
        remove(folder);
    }
}
