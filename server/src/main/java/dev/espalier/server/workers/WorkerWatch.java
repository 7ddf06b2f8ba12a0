package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.failure.InternalErrors;
import java.util.ArrayList;
import java.util.List;

/// Looks at every worker twenty times a second and ends those that hang, stand still, or take more than
/// they may. One thread of its own; workers come and go by any.
final class WorkerWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 50;

    private final InternalErrors errors;

    @GuardedBy("this")
    private final List<Vitals> watched = new ArrayList<>();

    @GuardedBy("this")
    private final List<StartAttempt> starting = new ArrayList<>();

    private final Thread thread;

    WorkerWatch(InternalErrors errors) {
        this.errors = errors;
        thread = Thread.ofPlatform().name("watch").daemon().start(errors.root("watch", this::run));
    }

    synchronized void add(Vitals vitals) {
        watched.add(vitals);
    }

    /// Ends looking at a process. Afterwards nothing touches its memory any more.
    synchronized void remove(WorkerProcess process) {
        watched.removeIf(vitals -> vitals.process() == process);
    }

    synchronized void add(StartAttempt attempt) {
        starting.add(attempt);
    }

    synchronized void remove(StartAttempt attempt) {
        starting.remove(attempt);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look() {
        long now = System.nanoTime();
        starting.forEach(attempt -> attempt.look(now));
        for (Vitals vitals : watched) {
            try {
                look(vitals, now);
            } catch (RuntimeException | Error failure) {
                // It concerns one worker; the others are looked at all the same.
                errors.report("watch", vitals.process().toString(), failure);
            }
        }
    }

    private static void look(Vitals vitals, long now) {
        DeathCause cause = vitals.look(now, LOOK_MILLIS);
        if (cause != null) {
            vitals.process().stop(cause);
        }
        vitals.process().suspect(vitals.isSuspicious());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
