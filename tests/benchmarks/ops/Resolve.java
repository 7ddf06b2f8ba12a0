import dev.espalier.server.EngineList;
import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.EngineVersions;
import dev.espalier.server.ops.LibraryInspector;
import dev.espalier.server.ops.LibraryReader;
import dev.espalier.server.ops.LoadCheck;
import dev.espalier.server.ops.OpLibraries;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.ops.OpStore;
import dev.espalier.server.ops.Probe;
import dev.espalier.server.ops.ProbeCache;
import dev.espalier.server.ops.ProbeOutcome;
import dev.espalier.server.ops.Trust;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SharedLibraries;
import dev.espalier.server.repository.ModelOps;
import dev.espalier.server.repository.OpExplanation;
import dev.espalier.server.workers.EnginePack;
import dev.espalier.server.workers.EnginePacks;
import dev.espalier.server.workers.ProbeProcess;
import dev.espalier.server.workers.WorkerGroups;
import dev.espalier.server.workers.WorkerLauncher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// How long it takes to find out which libraries every model of a repository runs with:
/// `Resolve REPOSITORY STATE cold|warm`. Cold begins with an empty state folder; its probes are made before
/// the clock runs. Four models are read at a time, as the server does.
final class Resolve {
    private static final Machine MACHINE = Machine.named(System.getProperty("os.arch"));
    private static final LibraryReader READER =
            new LibraryReader(MACHINE, EngineList.ALL.ops());

    private static final int THREADS = 4;

    private Resolve() {}

    public static void main(String[] arguments) throws Exception {
        Path repository = Path.of(arguments[0]);
        Path state = Path.of(arguments[1]);
        boolean cold = arguments[2].equals("cold");
        ServerOptions options = options(repository, state);
        EnginePack pack =
                new EnginePacks(
                                options.workers().distributedEngines(),
                                options.workers().installedEngines())
                        .of("onnxruntime")
                        .getFirst();
        Prepared probe = new Prepared(pack, cold ? probed(repository, pack, options) : Map.of());
        List<String> models;
        try (Stream<Path> folders = Files.list(repository)) {
            models =
                    folders.map(folder -> folder.getFileName().toString())
                            .filter(name -> !name.startsWith("."))
                            .sorted()
                            .toList();
        }
        long start = System.nanoTime();
        SharedLibraries machine =
                new SharedLibraries(MACHINE, "");
        OpLibraries libraries =
                new OpLibraries(
                        new OpStore(state.resolve("ops"), READER),
                        READER,
                        new OneEngine(
                                pack.engine(),
                                new LibraryInspector(
                                        Trust.everything(),
                                        new LoadCheck(
                                                READER.engines(),
                                                machine,
                                                List.of(pack.library()),
                                                Map.of()),
                                        new ProbeCache(state.resolve("probes"), machine.stamp()),
                                        probe)));
        ModelOps ops = new ModelOps(options.repository(), options.ops(), libraries);
        int good = resolve(models, options, ops);
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.printf(
                "%s: %d models, %d of them can be served, %d ms%n",
                arguments[2], models.size(), good, millis);
        System.exit(good == models.size() ? 0 : 1);
    }

    private static ServerOptions options(Path repository, Path state) {
        CommandLine.Result result =
                CommandLine.parse(
                        new String[] {
                            "--model-repository=" + repository, "--state-directory=" + state
                        },
                        System.getenv(),
                        EngineList.ALL.known());
        if (result instanceof CommandLine.Run(ServerOptions options)) {
            return options;
        }
        throw new IllegalArgumentException(result.toString());
    }

    private static int resolve(List<String> models, ServerOptions options, ModelOps ops)
            throws Exception {
        int good = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (String model : models) {
                OpExplanation explanation =
                        new OpExplanation(
                                options.repository(), EngineList.ALL.formats(), ops, _ -> {});
                tasks.add(() -> explanation.explain(model));
            }
            for (Future<Boolean> outcome : threads.invokeAll(tasks)) {
                good += outcome.get() ? 1 : 0;
            }
        }
        return good;
    }

    private static Map<String, ProbeOutcome> probed(
            Path repository, EnginePack pack, ServerOptions options) throws Exception {
        Probe probe =
                new ProbeProcess(
                        pack,
                        new WorkerLauncher(
                                Path.of(System.getProperty("java.home")),
                                options.workers(),
                                List.of(),
                                EngineList.ALL.workers(),
                                WorkerGroups.none("not in a benchmark")),
                        Duration.ofSeconds(60));
        Map<String, ProbeOutcome> outcomes = new HashMap<>();
        try (Stream<Path> files = Files.walk(repository)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".so")).toList()) {
                String build = build(file);
                if (!outcomes.containsKey(build)) {
                    OpLibrary library =
                            new OpStore(options.workers().stateDirectory(), READER)
                                    .keep(file, false);
                    outcomes.put(build, probe.look(library));
                }
            }
        }
        return outcomes;
    }

    /// What all libraries have in common that differ in the bytes behind their end only.
    private static String build(Path library) {
        return library.getFileName().toString().replaceFirst("_\\d+\\.so$", "");
    }

    /// One version of one engine.
    private record OneEngine(EngineVersion version, LibraryInspector inspector)
            implements EngineVersions {
        @Override
        public List<String> engines() {
            return List.of(version.engine());
        }

        @Override
        public List<EngineVersion> installed(String engine) {
            return List.of(version);
        }

        @Override
        public LibraryInspector inspector(EngineVersion engine) {
            return inspector;
        }
    }

    /// Tells what probes have found before.
    private record Prepared(EnginePack pack, Map<String, ProbeOutcome> outcomes) implements Probe {
        @Override
        public String engine() {
            return pack.engine().toString();
        }

        @Override
        public ProbeOutcome look(OpLibrary library) {
            ProbeOutcome outcome = outcomes.get(build(library.stored()));
            if (outcome == null) {
                throw new IllegalStateException("probe of " + library);
            }
            return outcome;
        }
    }
}
