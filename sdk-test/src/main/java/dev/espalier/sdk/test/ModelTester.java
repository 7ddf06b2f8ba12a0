package dev.espalier.sdk.test;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.ModelSource;
import dev.espalier.engines.java.JavaModels;
import dev.espalier.sdk.Model;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs a model as a worker does: packed into a jar, loaded by a class loader that sees no more than it will see in a
/// server, by the engine that will run it there. [#start] does so in the test's own process, where a debugger is;
/// [#startWorker] in a process of its own, over the portable link: a server's on Linux is made of other things by default,
/// and carries the same.
///
/// ```java
/// try (RunningModel model = ModelTester.of(PlusOne.class).start()) {
///     Reply reply = model.ask(Input.of("X", new float[] {1, 2}, 1, 2));
///     assertThat(reply.output("Y").floats().toArray()).containsExactly(2, 3);
/// }
/// ```
///
/// What a server adds (shapes by `config.pbtxt`, what waits for a batch, the confinement of processes, other models that can
/// be called) is not there. The JVM needs `--enable-native-access=ALL-UNNAMED`.
public final class ModelTester {
    private final Class<? extends Model> type;
    private final Map<String, String> parameters = new HashMap<>();
    private final List<Path> libraries = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private Signature declared = Signature.EMPTY;
    private boolean decoupled;
    private int maxBatchSize;

    private ModelTester(Class<? extends Model> type) {
        this.type = type;
    }

    /// A tester of a model's class.
    public static ModelTester of(Class<? extends Model> type) {
        return new ModelTester(type);
    }

    /// With this entry among `parameters`.
    public ModelTester parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /// With `model_transaction_policy { decoupled: true }`.
    public ModelTester decoupled() {
        decoupled = true;
        return this;
    }

    /// With this `max_batch_size`.
    public ModelTester maxBatchSize(int size) {
        maxBatchSize = size;
        return this;
    }

    /// With these inputs and outputs in the configuration, batch dimension included: for a class that does not declare
    /// its own.
    public ModelTester declared(Signature signature) {
        declared = signature;
        return this;
    }

    /// With this jar in `lib/`.
    public ModelTester library(Path jar) {
        libraries.add(jar);
        return this;
    }

    /// With a copy of this file beside `model.jar`.
    public ModelTester file(Path file) {
        files.add(file);
        return this;
    }

    /// Loads it with one instance, on the calling thread.
    ///
    /// @throws EngineException when it cannot be loaded; the message is what operators would be told
    public RunningModel start() throws EngineException {
        return load((source, folder) ->
                ModelInThisProcess.load(new JavaModels().open(source.file()), source, folder));
    }

    /// Loads it with one instance, into a worker process of its own. Its heap is as large as the parameter `jvm_memory_mb`
    /// says. When it ends, requests fail with how it did.
    ///
    /// @throws EngineException when it cannot be loaded, or there is no such process; the message is what operators would
    ///     be told
    public RunningModel startWorker() throws EngineException {
        return load(ModelInWorker::start);
    }

    @FunctionalInterface
    private interface Loading {
        RunningModel load(ModelSource source, Path folder) throws EngineException;
    }

    /// Its folder goes when the model is closed, or if it does not come to be one.
    private RunningModel load(Loading way) throws EngineException {
        Path folder = newFolder();
        boolean loaded = false;
        try {
            lay(folder);
            RunningModel model = way.load(source(folder), folder);
            loaded = true;
            return model;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            if (!loaded) {
                RunningModel.remove(folder);
            }
        }
    }

    private ModelSource source(Path folder) {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("model_class", type.getName());
        return new ModelSource(
                type.getSimpleName(),
                jar(folder),
                List.of(jar(folder)),
                all,
                declared,
                new ModelSettings(1, maxBatchSize, decoupled, ""));
    }

    private static Path jar(Path folder) {
        return folder.resolve("model.jar");
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("espalier-model-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Makes it a version's folder, as a repository has it.
    private void lay(Path folder) throws IOException {
        Path _ = ModelJarFile.make(place(), type, jar(folder));
        for (Path library : libraries) {
            Path target = folder.resolve("lib").resolve(library.getFileName());
            Files.createDirectories(folder.resolve("lib"));
            Files.copy(library, target);
        }
        for (Path file : files) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
    }

    /// Where the class was loaded from: a folder of classes, or a jar.
    private Path place() {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
