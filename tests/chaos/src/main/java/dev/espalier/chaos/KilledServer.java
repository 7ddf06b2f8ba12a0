package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `kill -9` of the server under load: no process, no file and no shared memory of it may be left.
record KilledServer() implements Scenario {
    private static final int END_SECONDS = 10;
    private static final int LOAD_MILLIS = 2_000;
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Override
    public String name() {
        return "server";
    }

    @Override
    public void run(Trial trial) throws IOException {
        Report report = trial.report();
        DistServer server = trial.server();
        List<ProcessHandle> family = server.descendants();
        report.check(
                "there are workers and starters", family.size() >= Model.OpSet.values().length);
        List<Path> shared = files(SHARED_MEMORY);
        try (Load _ = new Load(trial.client(), Trial.PER_SECOND)) {
            Pause.millis(LOAD_MILLIS);
            server.close();
        }
        Deadline deadline = new Deadline(END_SECONDS);
        while (family.stream().anyMatch(ProcessHandle::isAlive) && !deadline.isOver()) {
            Pause.millis(20);
        }
        report.check(
                "no process outlives its server",
                family.stream().noneMatch(ProcessHandle::isAlive));
        List<Path> left = files(server.temporary());
        report.check("no temporary file is left: " + left, left.isEmpty());
        List<Path> more = files(SHARED_MEMORY);
        more.removeAll(shared);
        report.check("no shared memory is left: " + more, more.isEmpty());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.toList());
        }
    }
}
