package dev.espalier.server;

import dev.espalier.server.files.OpenToWorkers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The folder with what the server keeps: op libraries, what probes have found, models, records of deaths. Only the
/// server's user may look into it.
final class StateFolder {
    private static final List<String> OURS = List.of("ops", "probes", "models", "deaths");

    private StateFolder() {}

    /// Makes it, or sees to it that nobody else may enter what is the server's in it: a folder that was there before
    /// may be anybody's.
    static void prepare(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            OpenToWorkers.privateFolder(folder);
        }
        for (String each : OURS) {
            OpenToWorkers.privateFolder(folder.resolve(each));
        }
    }
}
