package dev.espalier.chaos;

import java.io.IOException;
import java.util.Random;

/// `kill -9` of one worker after the other, at random times, under load.
///
/// @param seconds for how long
record RandomKills(int seconds) implements Scenario {
    private static final int LONGEST_PAUSE_MILLIS = 700;

    @Override
    public String name() {
        return "kills";
    }

    @Override
    public void run(Trial trial) throws IOException {
        Tally tally = new Tally();
        double rate = trial.underLoad(() -> kill(trial, tally));
        trial.report()
                .say(
                        "%d kills under %.0f requests/s; %s"
                                .formatted(tally.recoveries(), rate, tally.recovery()));
        trial.report().check("workers were killed", tally.recoveries() > 0);
    }

    private void kill(Trial trial, Tally tally) throws IOException {
        Random random = new Random(seconds);
        Model.OpSet[] opSets = Model.OpSet.values();
        for (Deadline end = new Deadline(seconds); !end.isOver(); ) {
            Pause.millis(random.nextInt(LONGEST_PAUSE_MILLIS));
            Model.OpSet victim = opSets[random.nextInt(opSets.length)];
            new Inflicter(trial, tally, victim, false).kill(victim.models().getFirst());
        }
    }
}
