package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// `kill -9` of the worker of a decoupled model while ten streams get a thousand answers each, again and again. Each stream
/// ends whole, or with the answers that came, in order and none twice, and one error that says how many they were.
///
/// @param root of the source tree
/// @param kills how often
record KilledStreams(Path root, int kills) implements Scenario {
    private static final String MODEL = "repeat_int32";
    private static final int STREAMS = 10;
    private static final int ANSWERS = 1000;
    private static final int LEAST_MILLIS = 100;
    private static final int MOST_MILLIS = 1500;

    @Override
    public String name() {
        return "streams";
    }

    @Override
    public void prepare(Path state) throws IOException {
        Path from = root.resolve("dist/espalier/share/examples/java-models").resolve(MODEL);
        Path to = state.resolveSibling("models").resolve(MODEL);
        try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Override
    public void run(Trial trial) throws IOException {
        SplittableRandom random = new SplittableRandom(kills);
        int broken = 0;
        int whole = 0;
        try (RepeatStreams client = new RepeatStreams(trial.server().grpcPort())) {
            for (int round = 0; round < kills; round++) {
                List<RepeatStreams.Heard> streams = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    streams.add(client.ask(ANSWERS));
                }
                Pause.millis(random.nextInt(LEAST_MILLIS, MOST_MILLIS));
                trial.report()
                        .check(
                                "there is a worker to kill",
                                Signals.send("KILL", trial.workers().awaitPid(MODEL)));
                for (RepeatStreams.Heard stream : streams) {
                    stream.await(Trial.PATIENCE_SECONDS);
                    String wrong = stream.wrong(ANSWERS);
                    trial.report().check("a stream is in order: " + wrong, wrong.isEmpty());
                    if (stream.isWhole(ANSWERS)) {
                        whole++;
                    } else {
                        broken++;
                    }
                }
            }
            RepeatStreams.Heard last = client.ask(ANSWERS);
            last.await(Trial.PATIENCE_SECONDS);
            trial.report().check("a stream is whole at last", last.isWhole(ANSWERS));
        }
        trial.report().say("%d streams ended whole, %d with an error".formatted(whole, broken));
        trial.report().check("some streams were broken off", broken > 0);
        trial.report()
                .check(
                        "there is no internal error",
                        trial.server().metric("espalier_internal_errors") == 0);
    }
}
