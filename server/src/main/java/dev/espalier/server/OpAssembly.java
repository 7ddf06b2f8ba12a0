package dev.espalier.server;

import dev.espalier.server.config.OpOptions;
import dev.espalier.server.config.OpOptions.ServerLibrary;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.formats.ModelFormat;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    private static final List<String> ENGINES =
            Stream.of(ModelFormat.values()).map(ModelFormat::backend).distinct().toList();

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
        Machine machine = Machine.named(System.getProperty("os.arch"));
        Trust trust =
                ops.allowFile().isEmpty()
                        ? Trust.everything()
                        : Trust.listedIn(Path.of(ops.allowFile()));
        Map<String, LibraryInspector> inspectors = new HashMap<>();
        for (String engine : ENGINES) {
            Optional<EnginePack> pack =
                    packs.stream().filter(each -> each.engine().equals(engine)).findFirst();
            SharedLibraries libraries =
                    new SharedLibraries(machine, libraryPath(ops.libraryPath(), pack));
            inspectors.put(
                    engine,
                    new LibraryInspector(
                            trust,
                            new LoadCheck(libraries, resident(pack)),
                            new ProbeCache(
                                    workers.stateDirectory().resolve("probes"), libraries.stamp()),
                            pack.<Probe>map(found -> new ProbeProcess(found, launcher, PROBE_LIMIT))
                                    .orElseGet(() ->
                                            new NoEngine(engine, workers.engineDirectory()))));
        }
        OpStore store = new OpStore(workers.stateDirectory().resolve("ops"));
        List<Preload> preloads =
                new PreloadList(ops.preload(), new SharedLibraries(machine, ops.libraryPath()))
                        .sorted();
        return new OpAssembly(
                packs,
                launcher,
                new OpLibraries(store, machine, inspectors),
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

    /// What a library needs of its engine is loaded already, wherever that lies.
    private static String libraryPath(String own, Optional<EnginePack> pack) {
        return Stream.concat(
                        Stream.of(own),
                        pack
                                .map(EnginePack::library)
                                .map(Path::getParent)
                                .map(Path::toString)
                                .stream())
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(":"));
    }

    /// ONNX Runtime hands its functions to its op libraries, which need not be linked with it.
    private static List<Path> resident(Optional<EnginePack> pack) {
        return pack.stream()
                .filter(found -> found.engine().equals(ModelFormat.ONNX.backend()))
                .map(EnginePack::library)
                .toList();
    }

    /// Where no engine is installed no library can be tried.
    private record NoEngine(String engine, Path directory) implements Probe {

        @Override
        public ProbeOutcome look(Path library) {
            return new ProbeOutcome(
                    List.of(),
                    "has no engine %s to try it with in %s (see --engine-directory)"
                            .formatted(engine, directory),
                    PROBE_LIMIT,
                    "");
        }
    }
}
