package dev.espalier.server;

import dev.espalier.server.config.OpOptions;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.engines.Engines;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.EngineVersions;
import dev.espalier.server.ops.LibraryInspector;
import dev.espalier.server.ops.LoadCheck;
import dev.espalier.server.ops.OpEngines;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.ops.Probe;
import dev.espalier.server.ops.ProbeCache;
import dev.espalier.server.ops.ProbeOutcome;
import dev.espalier.server.ops.Trust;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SharedLibraries;
import dev.espalier.server.workers.EnginePack;
import dev.espalier.server.workers.EnginePacks;
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

/// The engines whose packs are there, and an inspector of op libraries for each, made when it is first asked
/// for. Safe for use by several threads.
final class InstalledEngines implements EngineVersions {
    /// Ten times what a probe takes on a slow machine.
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

    private final List<String> served;
    private final OpEngines opEngines;
    private final EnginePacks packs;
    private final WorkerLauncher launcher;
    private final Path state;
    private final String libraryPath;
    private final Machine machine;
    private final Trust trust;
    private final Map<EngineVersion, LibraryInspector> inspectors = new HashMap<>();

    /// @param engines those that there are, installed or not
    /// @param launcher starts the probes
    InstalledEngines(
            Engines engines,
            EnginePacks packs,
            WorkerLauncher launcher,
            WorkerOptions workers,
            OpOptions ops,
            Machine machine,
            Trust trust) {
        this.served = engines.served();
        this.opEngines = engines.ops();
        this.packs = packs;
        this.launcher = launcher;
        this.state = workers.stateDirectory();
        this.libraryPath = ops.libraryPath();
        this.machine = machine;
        this.trust = trust;
    }

    @Override
    public List<String> engines() {
        return served;
    }

    @Override
    public List<EngineVersion> installed(String engine) throws ServingException {
        try {
            return packs.of(engine).stream().map(EnginePack::engine).toList();
        } catch (IOException failure) {
            throw unreadable(failure);
        }
    }

    @Override
    public synchronized LibraryInspector inspector(EngineVersion engine) throws ServingException {
        LibraryInspector known = inspectors.get(engine);
        if (known != null) {
            return known;
        }
        Optional<EnginePack> pack;
        try {
            pack = packs.find(engine);
        } catch (IOException failure) {
            throw unreadable(failure);
        }
        SharedLibraries libraries = new SharedLibraries(machine, libraryPath(pack));
        LibraryInspector inspector =
                new LibraryInspector(
                        trust,
                        new LoadCheck(
                                opEngines,
                                libraries,
                                resident(pack),
                                pack.map(found -> libraries.provided(found.library()))
                                        .orElse(Map.of())),
                        new ProbeCache(
                                state.resolve("probes"),
                                libraries.stamp() + " " + launcher.confinement()),
                        pack.<Probe>map(found -> new ProbeProcess(found, launcher, PROBE_LIMIT))
                                .orElseGet(() -> new NoEngine(engine)));
        // An engine that is not there may be there at the next look.
        if (pack.isPresent()) {
            inspectors.put(engine, inspector);
        }
        return inspector;
    }

    private static ServingException unreadable(IOException failure) {
        return new ServingException(
                ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()), failure);
    }

    /// What a library needs of its engine is loaded already, wherever that lies.
    private String libraryPath(Optional<EnginePack> pack) {
        List<String> folders = new ArrayList<>();
        if (!libraryPath.isEmpty()) {
            folders.add(libraryPath);
        }
        pack.map(found -> String.valueOf(found.library().getParent())).ifPresent(folders::add);
        return String.join(":", folders);
    }

    /// The libraries whose symbols are there for op libraries that are not linked with them.
    private List<Path> resident(Optional<EnginePack> pack) {
        return pack.stream()
                .filter(found -> opEngines.rules(found.engine().engine()).visible())
                .map(EnginePack::library)
                .toList();
    }

    /// Where an engine is not installed no library can be tried.
    private record NoEngine(EngineVersion version) implements Probe {
        @Override
        public String engine() {
            return version.toString();
        }

        @Override
        public ProbeOutcome look(OpLibrary library) {
            return new ProbeOutcome(
                    List.of(),
                    "has no engine %s to try it with; install it with: espalier engine install %s"
                            .formatted(version, version),
                    PROBE_LIMIT,
                    "");
        }
    }
}
