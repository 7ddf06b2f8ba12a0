package dev.espalier.chaos;

import java.io.IOException;
import java.util.List;

/// Workers that end again and again, by a fault of their op and by `kill -9`, under a light load on all models: whatever
/// the server takes for a worker, it must have given back when that worker is gone.
///
/// @param count how many, after those that fill what the server keeps in any case
record Restarts(int count) implements Scenario {
    private static final int FIRST = 21;
    private static final int PER_SECOND = 50;
    private static final List<Model> VICTIMS = List.of(Model.DEATHS, Model.STALLS, Model.MEDDLING);

    @Override
    public String name() {
        return "restarts";
    }

    @Override
    public void run(Trial trial) throws IOException {
        Report report = trial.report();
        Tally tally = new Tally();
        List<Inflicter> inflicters =
                VICTIMS.stream()
                        .map(victim -> new Inflicter(trial, tally, victim.opSet(), false))
                        .toList();
        trial.underLoad(PER_SECOND, () -> restart(inflicters, FIRST));
        Footprint before = Footprint.of(trial.server());
        report.say("after %4d restarts: %s".formatted(FIRST, before));
        trial.underLoad(PER_SECOND, () -> restart(inflicters, count));
        Footprint after = Footprint.of(trial.server());
        report.say("after %4d restarts: %s".formatted(FIRST + count, after));
        report.say("%d restarts; %s".formatted(tally.recoveries(), tally.recovery()));
        tally.unexpected().forEach(report::say);
        report.check(
                "every worker was restarted",
                tally.recoveries() == FIRST + count && tally.unexpected().isEmpty());
        after.checkSince(before, report);
    }

    private static void restart(List<Inflicter> inflicters, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            Model victim = VICTIMS.get(i % VICTIMS.size());
            Inflicter inflicter = inflicters.get(i % VICTIMS.size());
            if (victim == Model.DEATHS) {
                inflicter.inflict(victim, Fault.NULL_DEREFERENCE);
            } else {
                inflicter.kill(victim);
            }
        }
    }
}
