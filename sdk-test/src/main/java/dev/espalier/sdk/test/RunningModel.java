package dev.espalier.sdk.test;

import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import dev.espalier.engine.Request;
import dev.espalier.engines.java.ForTests;
import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A model that has been loaded, and one instance of it on a thread of its own.
///
/// Safe for use by several threads, whose requests wait for each other as they do in a server.
public final class RunningModel implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Engine engine;
    private final LoadedModel model;
    private final DecoupledInstance instance;
    private final Path folder;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("model instance").daemon().factory());

    private RunningModel(
            Engine engine, LoadedModel model, DecoupledInstance instance, Path folder) {
        this.engine = engine;
        this.model = model;
        this.instance = instance;
        this.folder = folder;
    }

    static RunningModel load(Engine engine, ModelSource source, Path folder)
            throws EngineException {
        LoadedModel model = engine.load(source);
        try {
            return new RunningModel(engine, model, ForTests.newInstance(model), folder);
        } catch (EngineException failure) {
            model.close();
            throw failure;
        }
    }

    /// The inputs and outputs.
    public Signature signature() {
        return model.signature();
    }

    /// Makes one request, and waits for its last word.
    ///
    /// @throws IllegalArgumentException when the model takes other inputs
    /// @throws AssertionError when there is no last word within 30 seconds
    public Reply ask(Input... inputs) throws InterruptedException {
        return askTogether(List.of(List.of(inputs))).getFirst();
    }

    /// Makes several requests in one run, as those of a batch are, and waits for their last words.
    ///
    /// @throws IllegalArgumentException when the model takes other inputs
    /// @throws AssertionError when there is no last word on one of them within 30 seconds
    public List<Reply> askTogether(List<List<Input>> requests) throws InterruptedException {
        List<AskedRequest> asked =
                requests.stream()
                        .map(inputs -> new AskedRequest(model.signature(), inputs))
                        .toList();
        thread.execute(() -> begin(asked));
        List<Reply> replies = new ArrayList<>();
        for (AskedRequest request : asked) {
            try {
                replies.add(request.reply().get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            } catch (TimeoutException _) {
                request.cancel();
                throw new AssertionError(
                        "no last word on a request within %d s (expected: Answer.sendLast, Answers.fail or Answers.end)"
                                .formatted(PATIENCE.toSeconds()));
            } catch (ExecutionException failure) {
                throw new IllegalStateException(failure);
            }
        }
        return replies;
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

    /// Closes the model as a worker does that goes on, and removes its files.
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
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            System.err.println(folder + " cannot be removed: " + failure.getMessage());
        }
    }
}
