package dev.espalier.server.workers;

import java.util.ArrayList;
import java.util.List;

/// Looks at every worker twenty times a second and ends those that hang, stand still, or take more than
/// they may. One thread of its own; workers come and go by any.
final class WorkerWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 50;

    private final List<Vitals> watched = new ArrayList<>();
    private final Thread thread;

    WorkerWatch() {
        thread = Thread.ofPlatform().name("watch").daemon().start(this::run);
    }

    synchronized void add(Vitals vitals) {
        watched.add(vitals);
    }

    /// Ends looking at a process. Afterwards nothing touches its memory any more.
    synchronized void remove(WorkerProcess process) {
        watched.removeIf(vitals -> vitals.process() == process);
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
        for (Vitals vitals : watched) {
            DeathCause cause = vitals.look(now, LOOK_MILLIS);
            if (cause != null) {
                vitals.process().stop(cause);
            }
            vitals.process().suspect(vitals.isSuspicious());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
