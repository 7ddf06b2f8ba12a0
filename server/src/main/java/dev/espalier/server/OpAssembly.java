package dev.espalier.server;

import dev.espalier.server.config.OpOptions;
import dev.espalier.server.config.OpOptions.ServerLibrary;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.ops.LibraryInspector;
import dev.espalier.server.ops.LoadCheck;
import dev.espalier.server.ops.OpLibraries;
import dev.espalier.server.ops.OpStore;
import dev.espalier.server.ops.Preload;
import dev.espalier.server.ops.PreloadList;
import dev.espalier.server.ops.Probe;
import dev.espalier.server.ops.ProbeCache;
import dev.espalier.server.ops.ProbeOutcome;
import dev.espalier.server.ops.Trust;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SharedLibraries;
import dev.espalier.server.workers.EnginePack;
import dev.espalier.server.workers.ProbeProcess;
import dev.espalier.server.workers.WorkerLauncher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts together what looks into op libraries: for the server, and for the commands that do without one.
///
/// @param preloads what became of the names in `LD_PRELOAD`
/// @param options where op libraries are, those of `LD_PRELOAD` included
record OpAssembly(
        List<EnginePack> packs,
        WorkerLauncher launcher,
        OpLibraries libraries,
        List<Preload> preloads,
        OpOptions options) {
    private static final String ENGINE = "onnxruntime";

    /// Ten times what a probe takes on a slow machine.
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

    /// @throws IOException when the description of an engine pack, or the list of allowed libraries, cannot
    ///     be read
    static OpAssembly of(ServerOptions options) throws IOException {
        WorkerOptions workers = options.workers();
        OpOptions ops = options.ops();
        List<EnginePack> packs = EnginePack.in(workers.engineDirectory());
        WorkerLauncher launcher =
                new WorkerLauncher(
                        Path.of(System.getProperty("java.home")),
                        workers,
                        options.repository().folders());
        Optional<EnginePack> pack =
                packs.stream().filter(each -> each.engine().equals(ENGINE)).findFirst();
        SharedLibraries machine =
                new SharedLibraries(
                        Machine.named(System.getProperty("os.arch")), ops.libraryPath());
        LibraryInspector inspector =
                new LibraryInspector(
                        ops.allowFile().isEmpty()
                                ? Trust.everything()
                                : Trust.listedIn(Path.of(ops.allowFile())),
                        new LoadCheck(machine, pack.stream().map(EnginePack::library).toList()),
                        new ProbeCache(workers.stateDirectory().resolve("probes"), machine.stamp()),
                        pack.<Probe>map(found -> new ProbeProcess(found, launcher, PROBE_LIMIT))
                                .orElseGet(() -> new NoEngine(workers.engineDirectory())));
        OpStore store = new OpStore(workers.stateDirectory().resolve("ops"));
        List<Preload> preloads = new PreloadList(ops.preload(), machine).sorted();
        return new OpAssembly(
                packs,
                launcher,
                new OpLibraries(store, inspector),
                preloads,
                ops.with(serverLibraries(preloads)));
    }

    private static List<ServerLibrary> serverLibraries(List<Preload> preloads) {
        List<ServerLibrary> libraries = new ArrayList<>();
        for (Preload preload : preloads) {
            if (preload instanceof Preload.Ops ops) {
                ops.engines()
                        .forEach(engine -> libraries.add(new ServerLibrary(engine, ops.file())));
            }
        }
        return libraries;
    }

    /// Where no engine is installed no library can be tried.
    private record NoEngine(Path directory) implements Probe {
        @Override
        public String engine() {
            return ENGINE;
        }

        @Override
        public ProbeOutcome look(Path library) {
            return new ProbeOutcome(
                    List.of(),
                    "has no engine %s to try it with in %s (see --engine-directory)"
                            .formatted(ENGINE, directory),
                    PROBE_LIMIT,
                    "");
        }
    }
}
