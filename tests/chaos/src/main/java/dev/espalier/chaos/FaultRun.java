package dev.espalier.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Every kind of fault again and again, in three workers side by side, under load on all models. The fourth worker has no
/// fault, and none of its requests may fail.
final class FaultRun implements Scenario {
    private static final int PER_SECOND = 250;
    private static final int LEAST_PER_SECOND = 200;
    private static final int LENGTH = 16;
    private static final int ANSWER_SECONDS = 60;

    private final int rounds;
    private final boolean standby;

    /// @param faults how many there shall be at least
    FaultRun(int faults, boolean standby) {
        this.rounds = Math.ceilDiv(faults, Fault.values().length);
        this.standby = standby;
    }

    @Override
    public String name() {
        return standby ? "faults with a standby" : "faults";
    }

    @Override
    public List<String> flags() {
        List<String> flags =
                new ArrayList<>(
                        List.of(
                                "--quarantine-after=0",
                                "--worker-memory-mb=512",
                                "--execution-timeout-ms=5000"));
        if (standby) {
            flags.add("--worker-standby");
        }
        return flags;
    }

    @Override
    public void run(DistServer server, Report report) throws IOException {
        Windows windows = new Windows();
        Ledger ledger = new Ledger(windows);
        Tally tally = new Tally();
        try (Client client = new Client(server, ledger)) {
            warmUp(client, report);
            Load load = new Load(client, PER_SECOND);
            try (load) {
                inflict(client, windows, tally);
            }
            Books books = new Books(ledger, client.http());
            books.settle(report);
            told(tally, load, report);
        }
        report.check("the server lives", server.isAlive());
    }

    private static void warmUp(Client client, Report report) {
        for (Model model : Model.values()) {
            Client.Judged judged = client.askNow(model, LENGTH, null, ANSWER_SECONDS);
            report.check(
                    model.label() + " answers before the first fault",
                    judged.verdict() == Ledger.Verdict.RIGHT);
        }
    }

    private void inflict(Client client, Windows windows, Tally tally) {
        List<Thread> threads = new ArrayList<>();
        for (Model.OpSet opSet : Model.OpSet.values()) {
            if (opSet.faults().isEmpty()) {
                continue;
            }
            List<Model> models =
                    Arrays.stream(Model.values()).filter(m -> m.opSet() == opSet).toList();
            Runnable inflicting =
                    () -> {
                        for (int i = 0; i < rounds; i++) {
                            for (Fault fault : opSet.faults()) {
                                Model model = models.get(i % models.size());
                                inflict(client, windows, tally, model, fault);
                            }
                        }
                    };
            threads.add(Thread.ofPlatform().name("faults of " + opSet).start(inflicting));
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

    private static void inflict(
            Client client, Windows windows, Tally tally, Model model, Fault fault) {
        boolean deadly = fault.ending() == Fault.Ending.DEATH || fault.ending() == Fault.Ending.ANY;
        if (deadly) {
            windows.open(model.opSet());
        }
        Client.Judged judged = client.askNow(model, LENGTH, fault, ANSWER_SECONDS);
        long told = System.nanoTime();
        boolean died = tell(tally, fault, judged.answer());
        Client.Judged again;
        do {
            again = client.askNow(model, LENGTH, null, ANSWER_SECONDS);
        } while (again.verdict() != Ledger.Verdict.RIGHT
                && System.nanoTime() - told < TimeUnit.SECONDS.toNanos(ANSWER_SECONDS));
        if (again.verdict() != Ledger.Verdict.RIGHT) {
            tally.unexpected(fault, model.label() + " did not come back: " + again.answer());
        } else if (died) {
            tally.recovered(System.nanoTime() - told);
        }
        if (deadly) {
            windows.close(model.opSet());
        }
    }

    /// Whether the worker died of it.
    private static boolean tell(Tally tally, Fault fault, Answer answer) {
        Fault.Ending ending = fault.ending();
        switch (answer) {
            case Answer.Refused(boolean unavailable, String text)
                    when ending != Fault.Ending.NONE && fault.isNamedIn(text) -> {
                tally.told(fault);
                return unavailable;
            }
            case Answer.Values _ when ending == Fault.Ending.ANY || ending == Fault.Ending.NONE ->
                    tally.survived(fault);
            default -> tally.unexpected(fault, answer.toString());
        }
        return false;
    }

    private void told(Tally tally, Load load, Report report) {
        int all = 0;
        for (Fault fault : Fault.values()) {
            int count = tally.count(fault);
            all += count;
            report.say(
                    "%6d x %s%s"
                            .formatted(
                                    count,
                                    fault,
                                    tally.survivals(fault) == 0
                                            ? ""
                                            : ", of which the worker survived "
                                                    + tally.survivals(fault)));
            report.check(fault + " happened as often as it should", count == rounds);
        }
        tally.unexpected().forEach(report::say);
        report.check("every fault is told in the right words", tally.unexpected().isEmpty());
        report.say(
                "%d faults under %.0f requests/s; back after %.0f ms (p50), %.0f ms (p99) in %d cases"
                        .formatted(
                                all,
                                load.rate(),
                                tally.percentile(50),
                                tally.percentile(99),
                                tally.recoveries()));
        report.check(
                "there were %d requests/s or more".formatted(LEAST_PER_SECOND),
                load.rate() >= LEAST_PER_SECOND);
    }
}
