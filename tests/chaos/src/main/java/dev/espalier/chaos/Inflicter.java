package dev.espalier.chaos;

import java.io.IOException;
import java.util.List;

/// Ends the worker of one op set again and again, mostly by asking its ops for their faults, and waits each time until its
/// model answers again.
final class Inflicter {
    private final Trial trial;
    private final Tally tally;
    private final Model.OpSet opSet;
    private final boolean standby;
    private boolean harmed;

    /// @param standby whether to wait for a second worker before each fault that ends the first
    Inflicter(Trial trial, Tally tally, Model.OpSet opSet, boolean standby) {
        this.standby = standby;
        this.trial = trial;
        this.tally = tally;
        this.opSet = opSet;
    }

    /// Inflicts every fault so many times, on each model in turn.
    void run(int rounds) {
        List<Model> models = opSet.models();
        for (int i = 0; i < rounds; i++) {
            for (Fault fault : opSet.faults()) {
                inflict(models.get(i % models.size()), fault);
            }
        }
    }

    /// Inflicts a fault once.
    void inflict(Model model, Fault fault) {
        Fault.Ending ending = fault.ending(trial.engine());
        boolean ends = ending.ends();
        if (ends && standby) {
            awaitStandby(fault);
        }
        if (ending.harms() && !harmed) {
            harmed = true;
            trial.windows().open(opSet);
        }
        try {
            long deaths = trial.workers().of(opSet).deaths();
            tell(fault, trial.client().askNow(model, Trial.SMALL, fault, Trial.PATIENCE_SECONDS));
            if (ends) {
                trial.awaitDeath(opSet, deaths);
            }
            long dead = System.nanoTime();
            trial.awaitRight(model);
            if (ends) {
                tally.recovered(System.nanoTime() - dead);
            }
        } catch (IOException failure) {
            tally.unexpected(fault, String.valueOf(failure.getMessage()));
        }
        if (ends) {
            trial.windows().close(opSet);
            harmed = false;
        }
    }

    /// Kills the worker, and waits until a model of it answers again.
    void kill(Model model) throws IOException {
        trial.windows().open(opSet);
        Workers.Status worker = trial.workers().of(opSet);
        Signals.send("KILL", worker.pid());
        trial.awaitDeath(opSet, worker.deaths());
        long dead = System.nanoTime();
        trial.awaitRight(model);
        tally.recovered(System.nanoTime() - dead);
        trial.windows().close(opSet);
    }

    private void awaitStandby(Fault fault) {
        try {
            for (Deadline deadline = new Deadline(Trial.PATIENCE_SECONDS);
                    trial.workers().of(opSet).standbyPid() == 0; ) {
                if (deadline.isOver()) {
                    throw new IOException("no standby of %s has come".formatted(opSet));
                }
                Pause.millis(5);
            }
        } catch (IOException failure) {
            tally.unexpected(fault, String.valueOf(failure.getMessage()));
        }
    }

    private void tell(Fault fault, Client.Judged judged) {
        Fault.Ending ending = fault.ending(trial.engine());
        boolean mayAnswer = ending != Fault.Ending.DEATH && ending != Fault.Ending.ERROR;
        switch (judged.answer()) {
            case Answer.Refused(boolean unavailable, String text)
                    when unavailable == ending.harms() && fault.isNamedIn(text) ->
                    tally.told(fault);
            case Answer.Values _ when mayAnswer -> tally.answered(fault);
            default -> tally.unexpected(fault, judged.answer().toString());
        }
    }
}
