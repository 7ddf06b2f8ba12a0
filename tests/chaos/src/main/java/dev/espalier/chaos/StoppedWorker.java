package dev.espalier.chaos;

import java.io.IOException;

/// SIGSTOP of a worker under load: one that goes on after two seconds keeps its requests, one that does not is replaced,
/// and nothing of it comes back to life.
record StoppedWorker() implements Scenario {
    private static final long SHORT_MILLIS = 2_000;
    private static final Model.OpSet VICTIM = Model.OpSet.HEALTHY;

    @Override
    public String name() {
        return "stop";
    }

    @Override
    public void run(Trial trial) throws IOException {
        trial.underLoad(() -> {
            stopForAMoment(trial);
            stopForGood(trial);
        });
    }

    private static void stopForAMoment(Trial trial) throws IOException {
        Workers.Status before = trial.workers().of(VICTIM);
        Signals.send("STOP", before.pid());
        Pause.millis(SHORT_MILLIS);
        trial.report()
                .check(
                        "a worker that stands still is suspect",
                        trial.workers().of(VICTIM).state().equals("suspect"));
        Signals.send("CONT", before.pid());
        trial.awaitRight(Model.HEALTHY);
        awaitServing(trial);
        trial.report()
                .check(
                        "a worker that stood still for a moment stays",
                        trial.workers().of(VICTIM).pid() == before.pid());
    }

    private static void awaitServing(Trial trial) throws IOException {
        Deadline deadline = new Deadline(Trial.PATIENCE_SECONDS);
        while (!trial.workers().of(VICTIM).state().equals("serving")) {
            if (deadline.isOver()) {
                throw new IOException("a worker that goes on remains suspect");
            }
            Pause.millis(5);
        }
    }

    private static void stopForGood(Trial trial) throws IOException {
        Workers.Status before = trial.workers().of(VICTIM);
        trial.windows().open(VICTIM);
        Signals.send("STOP", before.pid());
        trial.awaitDeath(VICTIM, before.deaths());
        trial.awaitRight(Model.HEALTHY);
        trial.report()
                .check(
                        "nothing is left of a replaced worker that could go on",
                        !Signals.send("CONT", before.pid()));
        trial.awaitRight(Model.HEALTHY_BATCHED);
        trial.windows().close(VICTIM);
    }
}
