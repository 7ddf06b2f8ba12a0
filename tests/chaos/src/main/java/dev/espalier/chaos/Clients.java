package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that misbehave in every way, all mixed, beside a light load on all models, none of whose requests may fail.
/// Afterwards the server has no more of anything than before.
///
/// @param root of the source tree
/// @param seconds how long
record Clients(Path root, int seconds) implements Scenario {
    private static final String MODEL = "identity_uint8";
    private static final int AT_ONCE = 4;
    private static final int PER_SECOND = 30;

    /// What a server keeps in any case is there after so long.
    private static final int FIRST_SECONDS = 12;

    private static final int QUIET_MILLIS = 12_000;
    private static final int SPARE_BUFFER_MB = 64;
    private static final int SPARE_RESIDENT_MB = 200;

    @Override
    public String name() {
        return "clients";
    }

    @Override
    public List<String> flags() {
        List<String> flags = new ArrayList<>(Scenario.super.flags());
        flags.add("--http-header-timeout-secs=2");
        for (String protocol : List.of("http", "grpc")) {
            flags.add("--%s-body-timeout-secs=2".formatted(protocol));
            flags.add("--%s-answer-timeout-secs=2".formatted(protocol));
        }
        return flags;
    }

    @Override
    public void prepare(Path state) throws IOException {
        Path from = root.resolve("tests/models/repository").resolve(MODEL);
        Path folder = state.resolveSibling("models").resolve(MODEL);
        Files.createDirectories(folder.resolve("1"));
        for (String file : List.of("config.pbtxt", "1/model.onnx")) {
            Files.copy(from.resolve(file), folder.resolve(file));
        }
    }

    @Override
    public void run(Trial trial) throws IOException {
        Report report = trial.report();
        AtomicInteger times = new AtomicInteger();
        trial.underLoad(PER_SECOND, () -> misbehave(trial, FIRST_SECONDS, times));
        Footprint before = footprint(trial);
        long buffersBefore = buffers(trial);
        report.say(
                "after %4d s: %s, %d MB of buffers"
                        .formatted(FIRST_SECONDS, before, buffersBefore));
        trial.underLoad(PER_SECOND, () -> misbehave(trial, seconds, times));
        Footprint after = footprint(trial);
        long buffersAfter = buffers(trial);
        report.say(
                "after %4d s: %s, %d MB of buffers; %d times somebody misbehaved"
                        .formatted(FIRST_SECONDS + seconds, after, buffersAfter, times.get()));
        after.checkSince(before, SPARE_RESIDENT_MB, report);
        report.check("no buffer is left", buffersAfter <= buffersBefore + SPARE_BUFFER_MB);
        report.check(
                "no part of the heap's budget is taken for good",
                trial.server().metric("espalier_heap_budget_bytes") == 0);
        report.check(
                "there is no internal error",
                trial.server().metric("espalier_internal_errors") == 0);
        report.check("everybody misbehaves", times.get() >= Misbehaviour.values().length);
    }

    private static Footprint footprint(Trial trial) throws IOException {
        // The heap goes back when a server has been quiet for a while.
        Pause.millis(QUIET_MILLIS);
        return Footprint.of(trial.server(), Model.OpSet.values().length + 1);
    }

    private static long buffers(Trial trial) throws IOException {
        return (long) trial.server().metric("espalier_network_buffer_bytes") >> 20;
    }

    /// Has each kind in turn, so that none is left out.
    ///
    /// @param times how often somebody has misbehaved
    private static void misbehave(Trial trial, int seconds, AtomicInteger times) {
        Misbehaviour.Target target =
                new Misbehaviour.Target(
                        trial.server().httpPort(), trial.server().grpcPort(), MODEL);
        Misbehaviour[] all = Misbehaviour.values();
        Deadline end = new Deadline(seconds);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .name("abuse " + i)
                            .start(() -> {
                                while (!end.isOver()) {
                                    once(all[times.getAndIncrement() % all.length], target);
                                }
                            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException failure) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(failure);
            }
        }
    }

    private static void once(Misbehaviour kind, Misbehaviour.Target target) {
        try {
            kind.happen(target);
        } catch (IOException cutOff) {
            // That is what it is about.
        }
    }
}
