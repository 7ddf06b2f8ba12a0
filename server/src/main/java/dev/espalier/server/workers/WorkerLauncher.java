package dev.espalier.server.workers;

import dev.espalier.link.LinkKind;
import dev.espalier.server.config.Grants;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Starts worker processes, confined as far as this machine can, and probes.
public final class WorkerLauncher {
    /// Seconds that the JVM may take to write its report of a crash.
    private static final int ERROR_LOG_SECONDS = 2;

    private static final List<String> JVM_OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-Xms8m",
                    "-Xmx64m",
                    "-XX:-UsePerfData",
                    // See launcher/lib/jvm.sh.
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-ReduceAllocationMerges",
                    // Compiling at once what the training run had used took a third of the CPU of
                    // a start, which other workers need.
                    "-XX:-AOTReplayTraining",
                    "-XX:CompileThresholdScaling=3",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:ErrorLogTimeout=" + ERROR_LOG_SECONDS);

    private final Path javaHome;
    private final WorkerOptions options;
    private final ReadableFiles readable;
    private final WorkerEnvironment environment;
    private final Map<String, WorkerNeeds> needs;
    private final List<String> modelOptions;
    private final Optional<Starter> starter;
    private final WorkerGroups groups;

    /// @param javaHome the JDK that the server runs on; workers run on the same
    /// @param libraries folders of shared libraries that workers may read besides those of the system
    /// @param needs of the workers of each engine, by its name
    /// @param groups where each gets its own
    public WorkerLauncher(
            Path javaHome,
            WorkerOptions options,
            List<Path> libraries,
            Map<String, WorkerNeeds> needs,
            WorkerGroups groups) {
        this(javaHome, options, readable(javaHome, options, libraries), needs, groups, List.of());
    }

    private static ReadableFiles readable(
            Path javaHome, WorkerOptions options, List<Path> libraries) {
        List<Path> common = new ArrayList<>(libraries);
        common.add(javaHome);
        common.add(options.aotCache());
        return new ReadableFiles(common, List.of());
    }

    private WorkerLauncher(
            Path javaHome,
            WorkerOptions options,
            ReadableFiles readable,
            Map<String, WorkerNeeds> needs,
            WorkerGroups groups,
            List<String> modelOptions) {
        this.javaHome = javaHome;
        this.options = options;
        this.readable = readable;
        this.needs = Map.copyOf(needs);
        this.groups = groups;
        this.modelOptions = List.copyOf(modelOptions);
        this.environment =
                new WorkerEnvironment(
                        options.sandbox().environment(),
                        needs.values().stream()
                                .flatMap(each -> each.environment().stream())
                                .toList());
        this.starter =
                options.link() == LinkKind.LINUX
                        ? Starter.in(
                                options.home(),
                                options.sandbox(),
                                options.supervision().memoryBytes())
                        : Optional.empty();
    }

    /// The same for workers that may read the folder `files`, and use what was granted to their models.
    ///
    /// @param modelOptions what their models say of their JVM
    WorkerLauncher reading(Path files, Grants grants, List<String> modelOptions) {
        return new WorkerLauncher(
                javaHome, options.with(grants), readable.with(files), needs, groups, modelOptions);
    }

    /// What a model with these parameters says of the JVM that it runs in.
    List<String> modelOptions(String engine, String model, Map<String, String> parameters)
            throws ServingException {
        return needs.getOrDefault(engine, WorkerNeeds.NONE).models().of(model, parameters);
    }

    /// Whether the models of an engine may call others.
    boolean calls(String engine) {
        return needs.getOrDefault(engine, WorkerNeeds.NONE).calls();
    }

    /// What the confinement of workers is asked to be, in words: what a library can do depends on it.
    public String confinement() {
        return "%s %s %s".formatted(options.link().text(), options.sandbox(), readable);
    }

    /// A process that has been started.
    ///
    /// @param confined whether the starter attends to it, and will say how it ended
    record Started(
            Process process, WorkerFolder folder, Optional<ControlGroup> group, boolean confined) {
        /// Removes what it had, once it has ended.
        void remove() {
            folder.remove();
            group.ifPresent(ControlGroup::remove);
        }
    }

    /// What confinement allows.
    SandboxOptions sandbox() {
        return options.sandbox();
    }

    /// Adds a hint to the words of an engine or an op that was kept from a file.
    UnaryOperator<String> hints() {
        return confines()
                ? new SandboxHint(
                                sandbox(),
                                readable.laid().stream()
                                        .map(laid -> laid.resolve("model"))
                                        .toList())
                        ::on
                : UnaryOperator.identity();
    }

    /// Whether workers are confined at all.
    boolean confines() {
        return starter.isPresent() && options.sandbox().mode() != SandboxOptions.Mode.OFF;
    }

    /// Starts a worker for an engine, which will have a connection to the control socket `socket`.
    Started start(EnginePack pack, String socket) throws IOException {
        WorkerFolder folder = WorkerFolder.create();
        WorkerNeeds engine = needs.getOrDefault(pack.engine().engine(), WorkerNeeds.NONE);
        List<String> engineOptions = new ArrayList<>(engine.jvmOptions());
        engineOptions.addAll(modelOptions);
        List<String> command = java(folder, engineOptions);
        command.addAll(
                List.of("-cp", pack.worker().classPath().toString(), pack.worker().mainClass()));
        command.add(options.link().text());
        command.add(starter.isPresent() ? LinkKind.inherited(Starter.CONTROL) : socket);
        command.addAll(List.of(pack.engine().engine(), pack.library().toString()));
        return start(pack, folder, socket, engine.sandbox().here(), command);
    }

    /// Starts a probe, which will open an op library and write what it learns to its folder's file of events.
    /// The folder is the probe's from now on.
    Started startProbe(EnginePack pack, WorkerFolder folder, Path opLibrary) throws IOException {
        List<String> command = java(folder, List.of());
        if (starter.isEmpty()) {
            command.add("-Despalier.probe.ends-with-input=true");
        }
        command.addAll(
                List.of("-cp", pack.worker().classPath().toString(), pack.worker().probeClass()));
        command.addAll(List.of(folder.probeEvents().toString(), pack.engine().engine()));
        command.addAll(List.of(pack.library().toString(), opLibrary.toString()));
        return start(pack, folder, "", SandboxNeeds.NONE, command);
    }

    /// How many bytes of memory a worker may have; 0 for any number.
    long memoryLimit() {
        return options.supervision().memoryBytes();
    }

    private Started start(
            EnginePack pack,
            WorkerFolder folder,
            String socket,
            SandboxNeeds sandbox,
            List<String> command)
            throws IOException {
        Optional<ControlGroup> group = starter.isEmpty() ? Optional.empty() : groups.create();
        try {
            if (starter.isEmpty() && options.sandbox().mode() == SandboxOptions.Mode.ON) {
                throw new IOException(
                        "cannot be confined, as --worker-sandbox=on demands: there is no starter"
                                + " for this machine or with --worker-link=portable");
            }
            ProcessBuilder builder =
                    new ProcessBuilder(
                            starter.map(found ->
                                            found.command(
                                                    folder,
                                                    socket,
                                                    groups.options(group),
                                                    readable.paths(pack),
                                                    sandbox,
                                                    command))
                                    .orElse(command));
            builder.directory(folder.path().toFile());
            // The starter's standard output is for its reports.
            builder.redirectErrorStream(starter.isEmpty());
            environment.scrub(builder.environment(), folder.path());
            return new Started(builder.start(), folder, group, starter.isPresent());
        } catch (IOException failure) {
            folder.remove();
            group.ifPresent(ControlGroup::remove);
            throw failure;
        }
    }

    private List<String> java(WorkerFolder folder, List<String> engineOptions) {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin/java").toString());
        command.addAll(JVM_OPTIONS);
        command.add("-XX:ErrorFile=" + folder.errorFile());
        // Without it a crash would end the JVM with code 1, like an exit. The starter sees to it
        // that no core file is written.
        command.add("-XX:+CreateCoredumpOnCrash");
        if (Files.exists(options.aotCache())) {
            command.add("-XX:AOTCache=" + options.aotCache());
        }
        command.add("-Djava.io.tmpdir=" + folder.path());
        command.addAll(engineOptions);
        command.addAll(options.javaOptions());
        return command;
    }
}
