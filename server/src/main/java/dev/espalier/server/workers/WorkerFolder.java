package dev.espalier.server.workers;

import dev.espalier.server.files.FolderRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A worker's own folder: its working directory, its temporary files, and what its JVM says when it
/// crashes. Lies with the machine's temporary files, so that a full state folder keeps no worker from
/// starting.
record WorkerFolder(Path path) {
    /// What the names of all of them begin with.
    static final String PREFIX = "espalier-worker-";

    static WorkerFolder create() throws IOException {
        return new WorkerFolder(Files.createTempDirectory(PREFIX));
    }

    /// Where the JVM writes its report.
    Path errorFile() {
        return path.resolve("hs_err.log");
    }

    /// Where a probe writes what it learns.
    Path probeEvents() {
        return path.resolve("probe.events");
    }

    /// Removes the folder with all that its worker has made there.
    void remove() {
        FolderRemoval.remove(path);
    }
}
