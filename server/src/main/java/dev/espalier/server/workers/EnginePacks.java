package dev.espalier.server.workers;

import dev.espalier.server.ops.EngineVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The engine packs that there are: the distribution's, and those that users have installed beside them. Each
/// look is at the folders as they are then, so that a server need not be started anew for an engine.
///
/// @param distribution the folder of the packs that came with the server
/// @param installed the folder of the others
public record EnginePacks(Path distribution, Path installed) {
    /// All that have a library for this machine: the distribution's first, of each engine the newest first.
    ///
    /// @throws IOException when a pack's description cannot be read
    public List<EnginePack> all() throws IOException {
        List<EnginePack> packs = new ArrayList<>(in(distribution, Optional.empty()));
        Optional<WorkerProgram> program = packs.stream().map(EnginePack::worker).findFirst();
        for (EnginePack pack : in(installed, program)) {
            if (packs.stream().noneMatch(known -> known.engine().equals(pack.engine()))) {
                packs.add(pack);
            }
        }
        return packs;
    }

    /// The packs of one engine, the default first.
    public List<EnginePack> of(String engine) throws IOException {
        return all().stream().filter(pack -> pack.engine().engine().equals(engine)).toList();
    }

    /// The pack of an engine version; empty where it is not installed.
    public Optional<EnginePack> find(EngineVersion engine) throws IOException {
        return all().stream().filter(pack -> pack.engine().equals(engine)).findFirst();
    }

    private static List<EnginePack> in(Path directory, Optional<WorkerProgram> program)
            throws IOException {
        List<EnginePack> packs = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return packs;
        }
        try (var folders = Files.newDirectoryStream(directory, "[!.]*")) {
            for (Path folder : folders) {
                EnginePack.in(folder, program).ifPresent(packs::add);
            }
        }
        packs.sort(Comparator.comparing(EnginePack::engine, EngineVersion.NEWEST));
        return packs;
    }
}
