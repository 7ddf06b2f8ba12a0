package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.server.workers.HostedModels.Hosted;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A worker process that waits, with the models loaded, to take the place of one that dies. Without the
/// option there never is one.
///
/// Guarded by the host's lock.
final class Standby {
    private static final Logger LOG = System.getLogger(Standby.class.getName());

    /// How long the worker that has just taken over has the CPU for itself: its code is cold, and requests
    /// have been waiting for it.
    private static final long REST_MILLIS = 500;

    private final boolean wanted;
    private final String label;
    private final Object lock;
    private final HostedModels models;
    private final Start start;
    private @Nullable WorkerProcess waiting;
    private boolean preparing;
    private boolean hurried;
    private boolean ended;

    /// Starts a process.
    interface Start {
        WorkerProcess process() throws IOException;
    }

    /// @param lock the host's lock
    Standby(boolean wanted, String label, Object lock, HostedModels models, Start start) {
        this.wanted = wanted;
        this.label = label;
        this.lock = lock;
        this.models = models;
        this.start = start;
    }

    /// Starts one in the background, unless there is one.
    void prepare() {
        if (!wanted || preparing || ended) {
            return;
        }
        waiting = alive();
        if (waiting == null) {
            preparing = true;
            hurried = false;
            Thread.ofPlatform().name("standby of " + label).daemon().start(this::startOne);
        }
    }

    private void startOne() {
        WorkerProcess process = null;
        try {
            if (rest()) {
                process = start.process();
            }
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "standby of {0} {1}", label, failure.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (lock) {
            preparing = false;
            lock.notifyAll();
            waiting = process;
            if (ended) {
                end();
            } else if (process != null) {
                for (Hosted hosted : models.all()) {
                    process.tell(hosted.load());
                }
            }
        }
    }

    /// Waits until it is time. False when none is wanted any more.
    private boolean rest() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REST_MILLIS);
        synchronized (lock) {
            while (!ended && !hurried && System.nanoTime() - until < 0) {
                TimeUnit.NANOSECONDS.timedWait(lock, until - System.nanoTime());
            }
            return !ended;
        }
    }

    void load(Hosted hosted) {
        if (waiting != null) {
            waiting.tell(hosted.load());
        }
    }

    void unload(Hosted hosted) {
        if (waiting != null) {
            waiting.tell(new ControlMessage.Unload(hosted.number()));
        }
    }

    /// Gives the waiting process away; null for none that lives. One that is being started comes sooner
    /// than another one would, and is waited for.
    @Nullable WorkerProcess take() throws InterruptedException {
        hurried = true;
        lock.notifyAll();
        while (preparing) {
            lock.wait();
        }
        return alive();
    }

    private @Nullable WorkerProcess alive() {
        WorkerProcess process = waiting;
        waiting = null;
        if (process != null && process.hasEnded()) {
            discard(process);
            return null;
        }
        return process;
    }

    /// The process that waits; 0 for none.
    long pid() {
        return waiting == null ? 0 : waiting.pid();
    }

    /// Ends it, and lets no other come.
    void end() {
        ended = true;
        lock.notifyAll();
        if (waiting != null) {
            discard(waiting);
            waiting = null;
        }
    }

    private static void discard(WorkerProcess process) {
        Thread.ofVirtual().start(process::discard);
    }
}
