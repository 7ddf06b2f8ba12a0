package dev.espalier.server.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A worker's own folder: its working directory, its temporary files, and what its JVM says when it
/// crashes. Lies with the machine's temporary files, so that a full state folder keeps no worker from
/// starting.
record WorkerFolder(Path path) {
    static WorkerFolder create() throws IOException {
        return new WorkerFolder(Files.createTempDirectory("espalier-worker-"));
    }

    /// Where the JVM writes its report.
    Path errorFile() {
        return path.resolve("hs_err.log");
    }

    /// Where a probe writes what it learns.
    Path probeEvents() {
        return path.resolve("probe.events");
    }

    /// Removes the folder with all that it holds, as far as that is there and may be removed.
    void remove() {
        if (Files.notExists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException failure) {
            System.getLogger(WorkerFolder.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "{0} is not removed: {1}",
                            path,
                            failure.getMessage());
        }
    }
}
