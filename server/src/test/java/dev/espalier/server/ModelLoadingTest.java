package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.Links;
import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.repository.LoadOverrides;
import dev.espalier.server.repository.ModelCatalog.IndexEntry;
import dev.espalier.server.repository.ModelOps;
import dev.espalier.server.repository.ModelRepository;
import dev.espalier.server.repository.ModelState;
import dev.espalier.server.repository.PrivateFolder;
import dev.espalier.server.repository.WarmUps;
import dev.espalier.server.workers.WorkerGroups;
import dev.espalier.server.workers.WorkerPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Models on their way into service and out of it. Their workers are processes without an engine that load every model
/// but those whose names begin with `bad`.
@Timeout(120)
final class ModelLoadingTest {
    private static final LoadOverrides NO_OVERRIDES = new LoadOverrides("", Map.of());
    private static final Path MODEL =
            Path.of(
                    System.getProperty("espalier.root", ".."),
                    "tests/models/repository/plus_one/1/model.onnx");

    @TempDir Path folder;

    private final InternalErrors errors = new InternalErrors(() -> {});
    private final RootedTimer timer = new RootedTimer(errors);
    private final List<AutoCloseable> open = new ArrayList<>();

    private WorkerPool workers;
    private ModelRepository repository;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
        var _ = timer.shutdownNow();
        assertThat(errors.counts()).isEmpty();
    }

    /// @param way what workers do with bad models
    private void open(String way, String... flags) throws IOException {
        Path pack = Files.createDirectories(folder.resolve("home/engines/onnxruntime-1"));
        Files.writeString(
                pack.resolve("engine.properties"),
                "engine=onnxruntime\nversion=1\nlibrary.%s=%s\nworker.classpath=%s\nworker.main=%s\nprobe.main=none\n"
                        .formatted(
                                System.getProperty("os.arch"),
                                way,
                                System.getProperty("java.class.path"),
                                "dev.espalier.server.workers.LyingWorker"));
        ServerOptions options = options(flags);
        LinkedLoops loops = opened(new LinkedLoops(1, options.workers().link(), errors));
        PrivateFolder copies = opened(new PrivateFolder(folder.resolve("state/models")));
        OpAssembly ops = OpAssembly.of(options, EngineList.ALL, WorkerGroups.none("in tests"));
        Links links = opened(options.workers().link().open());
        workers =
                opened(
                        new WorkerPool(
                                ops.packs(),
                                ops.launcher(),
                                links,
                                loops,
                                copies.next(),
                                new ByteBudget("request memory", "wait", 64L << 20),
                                Runnable::run,
                                errors,
                                options.workers()));
        repository =
                new ModelRepository(
                        options.repository(),
                        options.backends(),
                        EngineList.ALL.formats(),
                        new ModelOps(options.repository(), ops.options(), ops.libraries()),
                        copies,
                        workers,
                        new WarmUps(loops, timer, errors),
                        options.metrics().latencies());
    }

    private ServerOptions options(String... flags) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--model-repository=" + folder.resolve("models"),
                                "--state-directory=" + folder.resolve("state"),
                                "--worker-link=portable"));
        arguments.addAll(List.of(flags));
        return switch (CommandLine.parse(
                arguments.toArray(String[]::new),
                Map.of("HOME", folder.toString(), "ESPALIER_HOME", folder + "/home"),
                EngineList.ALL.known())) {
            case CommandLine.Run(ServerOptions read) -> read;
            case CommandLine.ShowHelp _ -> throw new AssertionError("help");
            case CommandLine.Refused(String why) -> throw new AssertionError(why);
        };
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.add(part);
        return part;
    }

    private Path model(String name) throws IOException {
        Path config = folder.resolve("models").resolve(name).resolve("config.pbtxt");
        Files.createDirectories(config.resolveSibling("1"));
        Files.copy(MODEL, config.resolveSibling("1/model.onnx"));
        return Files.writeString(config, "backend: \"onnxruntime\"\n");
    }

    private void start() throws InterruptedException {
        repository.load();
        repository.await();
    }

    private IndexEntry entry(String name) {
        return repository.index().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private ServingException refusal(String name, String version) {
        try {
            var _ = repository.serving(name, version);
        } catch (ServingException refused) {
            return refused;
        }
        throw new AssertionError(name + " is served");
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("what the test waits for does not happen");
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void isLoadingFromTheStartAndReadyThen() throws Exception {
        Path _ = model("good");
        open("HONEST");
        repository.load();
        // Whatever it has come to meanwhile, the model is known, and not refused.
        assertThat(entry("good").state()).isIn(ModelState.LOADING, ModelState.READY);
        assertThat(entry("good").hasState()).isTrue();
        repository.await();
        assertThat(entry("good")).isEqualTo(new IndexEntry("good", "1", ModelState.READY, ""));
        assertThat(repository.allReady()).isTrue();
        assertThat(repository.serving("good", "").version()).isEqualTo("1");
        assertThat(workers.hosts()).hasSize(1);
    }

    @Test
    void whileItLoadsItAnswersLikeAModelThatIsNotReady() throws Exception {
        Path _ = model("bad");
        open("HANGS");
        repository.load();
        assertThat(repository.isReady("bad", "")).isFalse();
        assertThat(refusal("bad", "").code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal("bad", ""))
                .hasMessage("Request for unknown model: 'bad' has no available versions");
        assertThat(refusal("bad", "1").code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refusal("bad", "1"))
                .hasMessage("Request for unknown model: 'bad' version 1 is not at ready state");
        await(() -> entry("bad").version().equals("1"));
        assertThat(entry("bad").state()).isEqualTo(ModelState.LOADING);
        assertThat(refusal("bad", "1").code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(repository.allReady()).isFalse();
    }

    @Test
    void oneThatItsWorkerRefusesHoldsUpNoOther() throws Exception {
        for (int i = 0; i < 10; i++) {
            Path _ = model("bad_" + i);
        }
        Path _ = model("good");
        open("REFUSES");
        start();
        assertThat(entry("good").state()).isEqualTo(ModelState.READY);
        for (int i = 0; i < 10; i++) {
            assertThat(entry("bad_" + i).state()).isEqualTo(ModelState.UNAVAILABLE);
            assertThat(entry("bad_" + i).reason()).contains("no such op");
        }
        assertThat(repository.allReady()).isFalse();
        await(() -> workers.statuses().getFirst().models().equals(List.of("good")));
    }

    @Test
    void oneWhoseFilesCannotBeReadHasAReasonAndNoVersion() throws Exception {
        Path config = model("odd");
        Files.writeString(config, "nonsense");
        open("HONEST");
        start();
        assertThat(entry("odd").state()).isEqualTo(ModelState.UNAVAILABLE);
        assertThat(entry("odd").hasState()).isFalse();
        assertThat(entry("odd").reason()).contains("config.pbtxt");
        assertThat(repository.allReady()).isFalse();
        assertThat(repository.versionsReady()).isTrue();
        assertThat(workers.hosts()).isEmpty();
    }

    @Test
    void oneThatItsConfigurationForbidsIsAnUnavailableVersion() throws Exception {
        Files.writeString(model("odd"), "backend: \"abacus\"\n");
        Files.writeString(model("limited"), "instance_group [ { gpus: [ 0 ] } ]\n");
        open("HONEST");
        start();
        assertThat(entry("odd").version()).isEqualTo("1");
        assertThat(entry("odd").state()).isEqualTo(ModelState.UNAVAILABLE);
        assertThat(entry("odd").reason()).contains("abacus");
        assertThat(entry("limited").reason()).contains("specifies one or more GPUs");
        assertThat(repository.versionsReady()).isFalse();
    }

    @Test
    void tellsWhatOfItsConfigurationHasNoEffect() throws Exception {
        Files.writeString(model("m"), "response_cache { enable: true }\n");
        open("HONEST");
        start();
        assertThat(repository.notes("m").getFirst().notes())
                .containsExactly(
                        "`response_cache.enable` has no effect here: no answers are cached");
        assertThat(repository.notes("")).hasSize(1);
    }

    @Test
    void aChangeThatCannotBeServedLeavesTheModelAsItWas() throws Exception {
        Path config = model("m");
        open("HONEST", "--model-control-mode=explicit");
        repository.load("m", NO_OVERRIDES);
        var serving = repository.serving("m", "1");
        Files.writeString(config, "backend: \"abacus\"\n");
        assertThatThrownBy(() -> repository.load("m", NO_OVERRIDES))
                .hasMessageContaining("load failed for model 'm'")
                .hasMessageContaining("abacus");
        assertThat(repository.serving("m", "1")).isSameAs(serving);
        assertThat(entry("m").state()).isEqualTo(ModelState.READY);
        assertThat(entry("m").reason()).startsWith("the newest files are not served: ");

        // The same files once more are the same model; a good change is another one.
        Files.writeString(config, "backend: \"onnxruntime\"\n");
        repository.load("m", NO_OVERRIDES);
        assertThat(repository.serving("m", "1")).isSameAs(serving);
        assertThat(entry("m").reason()).isEmpty();
        Files.writeString(
                config,
                "backend: \"onnxruntime\"\nparameters { key: \"x\" value { string_value: \"y\" } }\n");
        repository.load("m", NO_OVERRIDES);
        assertThat(repository.serving("m", "1")).isNotSameAs(serving);
        await(() -> workers.statuses().getFirst().models().size() == 1);
    }

    /// Whatever its engine, a model may say what it calls.
    private static void writeCalls(Path config, String calls) throws IOException {
        Files.writeString(
                config,
                "backend: \"onnxruntime\"\nparameters { key: \"calls\" value { string_value: \"%s\" } }\n"
                        .formatted(calls));
    }

    @Test
    void oneOfTwoThatCallEachOtherIsRefused() throws Exception {
        writeCalls(model("one"), "two");
        writeCalls(model("two"), "one");
        open("HONEST");
        start();
        boolean first = repository.isReady("one", "");
        assertThat(repository.isReady("two", "")).isEqualTo(!first);
        assertThat(entry(first ? "two" : "one").reason())
                .endsWith(
                        first
                                ? "no circle, which is here: two calls one calls two)"
                                : "no circle, which is here: one calls two calls one)");
    }

    @Test
    void oneThatIsStillBeingLoadedCountsInCircles() throws Exception {
        writeCalls(model("bad"), "good");
        writeCalls(model("good"), "bad");
        open("HANGS", "--model-control-mode=explicit", "--load-model=bad");
        repository.load();
        await(() -> entry("bad").version().equals("1"));
        assertThatThrownBy(() -> repository.load("good", NO_OVERRIDES))
                .hasMessageContaining("no circle, which is here: good calls bad calls good");
    }

    @Test
    void circlesAreOpenAgainOnceOneHasFailedOrChangedOrIsUnloaded() throws Exception {
        Path one = model("one");
        Path two = model("two");
        writeCalls(model("bad"), "one");
        writeCalls(one, "bad, two");
        writeCalls(two, "one");
        open("REFUSES", "--model-control-mode=explicit");
        assertThatThrownBy(() -> repository.load("bad", NO_OVERRIDES))
                .hasMessageContaining("no such op");
        repository.load("one", NO_OVERRIDES);
        assertThatThrownBy(() -> repository.load("two", NO_OVERRIDES))
                .hasMessageContaining("two calls one calls two");

        // A change that is refused leaves what serves with its calls.
        writeCalls(one, "one");
        assertThatThrownBy(() -> repository.load("one", NO_OVERRIDES))
                .hasMessageContaining("one calls one");
        assertThatThrownBy(() -> repository.load("two", NO_OVERRIDES))
                .hasMessageContaining("two calls one calls two");
        writeCalls(one, "three");
        repository.load("one", NO_OVERRIDES);
        repository.load("two", NO_OVERRIDES);

        writeCalls(one, "two");
        assertThatThrownBy(() -> repository.load("one", NO_OVERRIDES))
                .hasMessageContaining("one calls two calls one");
        repository.unload("two");
        repository.load("one", NO_OVERRIDES);
        assertThat(repository.serving("one", "1").calls()).containsExactly("two");
    }

    @Test
    void theLastModelTakesItsWorkerAlong() throws Exception {
        Path _ = model("one");
        Path _ = model("two");
        open("HONEST", "--model-control-mode=explicit", "--load-model=*");
        start();
        assertThat(workers.hosts()).hasSize(1);
        repository.unload("one");
        await(() -> entry("one").state() == ModelState.UNAVAILABLE);
        assertThat(entry("one").reason()).isEqualTo("unloaded");
        assertThat(repository.allReady()).isTrue();
        assertThat(repository.isReady("two", "")).isTrue();
        assertThat(workers.hosts()).hasSize(1);
        repository.unload("two");
        await(() -> workers.hosts().isEmpty());
        repository.load("one", NO_OVERRIDES);
        assertThat(repository.isReady("one", "1")).isTrue();
        repository.unload("nobody");
    }

    @Test
    void oneThatWorkersDieOfIsGivenUpWithTheDeath() throws Exception {
        Path _ = model("bad");
        Path _ = model("good");
        open("DIES");
        start();
        assertThat(entry("bad").state()).isEqualTo(ModelState.UNAVAILABLE);
        assertThat(entry("bad").reason()).contains("exited with 7, before it had loaded the model");
        assertThat(refusal("bad", "1").code()).isEqualTo(ErrorCode.UNAVAILABLE);
        await(() -> repository.isReady("good", ""));
    }

    @Test
    void loadsAndUnloadsOfOneModelComeToAnEnd() throws Exception {
        Path _ = model("m");
        open("HONEST", "--model-control-mode=explicit");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            boolean load = i % 3 != 2;
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    if (load) {
                                        repository.load("m", NO_OVERRIDES);
                                    } else {
                                        repository.unload("m");
                                    }
                                } catch (ServingException | InterruptedException failure) {
                                    errors.report("test", "m", failure);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        repository.load("m", NO_OVERRIDES);
        assertThat(repository.isReady("m", "")).isTrue();
        repository.unload("m");
        await(() -> workers.hosts().isEmpty());
    }
}
