package dev.espalier.server.workers;

import dev.espalier.server.failure.InternalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/// Sees to what a worker leaves: keeps the evidence of its death, and removes the rest. On a thread of its own, since
/// nobody's requests wait for a disk.
///
/// @param label what operators call the worker
record Undertaker(String label, DeathRecords records, DeathLog deaths, InternalErrors errors) {
    private static final Logger LOG = System.getLogger(Undertaker.class.getName());

    /// A worker has died that was wanted.
    ///
    /// @param models the names of those that it had
    void bury(WorkerProcess process, Death death, List<String> models) {
        begin(process, () -> record(process, death, models));
    }

    /// A worker has ended that was not wanted any more.
    void clear(WorkerProcess process) {
        begin(process, () -> {});
    }

    private void begin(WorkerProcess process, Runnable first) {
        Thread.ofVirtual()
                .name("undertaker of " + label)
                .start(() -> {
                    attempt(process, first);
                    attempt(process, process::clear);
                });
    }

    private void attempt(WorkerProcess process, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error failure) {
            errors.report("undertaker", process.toString(), failure);
        }
    }

    private void record(WorkerProcess process, Death death, List<String> models) {
        String record = process.keep(records, death, models);
        deaths.add(death, record);
        LOG.log(
                Level.WARNING,
                record.isEmpty() ? "{0}" : "{0}; what it left is in {1}",
                death.text(),
                record);
    }
}
