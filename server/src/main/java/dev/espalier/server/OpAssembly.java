package dev.espalier.server;

import dev.espalier.server.config.OpOptions;
import dev.espalier.server.config.OpOptions.ServerLibrary;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.engines.Engines;
import dev.espalier.server.ops.EngineVersions;
import dev.espalier.server.ops.LibraryReader;
import dev.espalier.server.ops.OpLibraries;
import dev.espalier.server.ops.OpStore;
import dev.espalier.server.ops.Preload;
import dev.espalier.server.ops.PreloadList;
import dev.espalier.server.ops.Trust;
import dev.espalier.server.ops.elf.Machine;
import dev.espalier.server.ops.elf.SharedLibraries;
import dev.espalier.server.workers.EnginePacks;
import dev.espalier.server.workers.WorkerGroups;
import dev.espalier.server.workers.WorkerLauncher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Puts together what looks into op libraries: for the server, and for the commands that do without one.
///
/// @param preloads what became of the names in `LD_PRELOAD`
/// @param options where op libraries are, those of `LD_PRELOAD` included
record OpAssembly(
        EnginePacks packs,
        WorkerLauncher launcher,
        EngineVersions engines,
        OpLibraries libraries,
        List<Preload> preloads,
        OpOptions options) {

    /// @param known the engines that there are, installed or not
    /// @param groups of the workers and probes
    /// @throws IOException when the description of an engine pack, or the list of allowed libraries, cannot
    ///     be read
    static OpAssembly of(ServerOptions options, Engines known, WorkerGroups groups)
            throws IOException {
        WorkerOptions workers = options.workers();
        OpOptions ops = options.ops();
        EnginePacks packs =
                new EnginePacks(workers.distributedEngines(), workers.installedEngines());
        // Whether all can be read is found out before there is anything to serve.
        packs.all();
        WorkerLauncher launcher =
                new WorkerLauncher(
                        Path.of(System.getProperty("java.home")),
                        workers,
                        SharedLibraries.folders(ops.libraryPath()),
                        known.workers(),
                        groups);
        Machine machine = Machine.named(System.getProperty("os.arch"));
        Trust trust =
                ops.allowFile().isEmpty()
                        ? Trust.everything()
                        : Trust.listedIn(Path.of(ops.allowFile()));
        EngineVersions engines =
                new InstalledEngines(known, packs, launcher, workers, ops, machine, trust);
        LibraryReader reader = new LibraryReader(machine, known.ops());
        OpStore store = new OpStore(workers.stateDirectory().resolve("ops"), reader);
        List<Preload> preloads =
                new PreloadList(
                                ops.preload(),
                                new SharedLibraries(machine, ops.libraryPath()),
                                reader.engines())
                        .sorted();
        return new OpAssembly(
                packs,
                launcher,
                engines,
                new OpLibraries(store, reader, engines),
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
}
