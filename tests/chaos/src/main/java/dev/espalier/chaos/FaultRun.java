package dev.espalier.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Every kind of fault again and again, in three workers side by side, under load on all models. The fourth worker has no
/// fault, and none of its requests may fail.
///
/// @param engine of all workers
/// @param faults how many there shall be at least
/// @param standby whether each worker has a second one beside it
record FaultRun(Engine engine, int faults, boolean standby) implements Scenario {
    @Override
    public String name() {
        if (engine == Engine.TENSORFLOW) {
            return "tensorflow";
        }
        return standby ? "standby" : "faults";
    }

    @Override
    public List<String> flags() {
        List<String> flags = new ArrayList<>(Scenario.super.flags());
        if (standby) {
            flags.add("--worker-standby");
        }
        return flags;
    }

    @Override
    public void run(Trial trial) throws IOException {
        Tally tally = new Tally();
        int rounds = Math.ceilDiv(faults, Fault.values().length);
        double rate = trial.underLoad(() -> inflict(trial, tally, rounds));
        Report report = trial.report();
        int all = 0;
        for (Fault fault : Fault.values()) {
            int count = tally.count(fault);
            int answers = tally.answers(fault);
            all += count;
            String answered = answers == 0 ? "" : ", %d of them answered".formatted(answers);
            report.say("%6d x %s%s".formatted(count, fault, answered));
            report.check(fault + " happens as often as it should", count == rounds);
        }
        tally.unexpected().forEach(report::say);
        report.check("every fault is told in the right words", tally.unexpected().isEmpty());
        report.say("%d faults under %.0f requests/s; %s".formatted(all, rate, tally.recovery()));
    }

    private void inflict(Trial trial, Tally tally, int rounds) {
        List<Thread> threads = new ArrayList<>();
        for (Model.OpSet opSet : Model.OpSet.values()) {
            Inflicter inflicter = new Inflicter(trial, tally, opSet, standby);
            threads.add(
                    Thread.ofPlatform()
                            .name("faults of " + opSet)
                            .start(() -> inflicter.run(rounds)));
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
}
