package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.ControlMessage;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.workers.HostedModels.Hosted;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A worker process that waits, with the models loaded, to take the place of one that dies. Without the
/// option there never is one.
///
/// Its state is guarded by the host's lock, which callers may hold.
final class Standby {
    private static final Logger LOG = System.getLogger(Standby.class.getName());

    /// How long the worker that has just taken over has the CPU for itself: its code is cold, and requests
    /// have been waiting for it.
    private static final long REST_MILLIS = 500;

    private final boolean wanted;
    private final String label;
    private final Object lock;
    private final HostedModels models;
    private final WorkerStarts starts;
    private final InternalErrors errors;

    @GuardedBy("lock")
    private @Nullable WorkerProcess waiting;

    @GuardedBy("lock")
    private boolean preparing;

    @GuardedBy("lock")
    private boolean hurried;

    @GuardedBy("lock")
    private boolean ended;

    /// @param lock the host's lock
    Standby(
            boolean wanted,
            String label,
            Object lock,
            HostedModels models,
            WorkerStarts starts,
            InternalErrors errors) {
        this.wanted = wanted;
        this.label = label;
        this.lock = lock;
        this.models = models;
        this.starts = starts;
        this.errors = errors;
    }

    /// Starts one in the background, unless there is one.
    void prepare() {
        synchronized (lock) {
            if (!wanted || preparing || ended) {
                return;
            }
            waiting = alive();
            if (waiting == null) {
                preparing = true;
                hurried = false;
                Thread.ofPlatform()
                        .name("standby of " + label)
                        .daemon()
                        .start(errors.root("standby", this::startOne));
            }
        }
    }

    private void startOne() {
        WorkerProcess process = null;
        try {
            if (rest()) {
                process = starts.start();
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
        synchronized (lock) {
            if (waiting != null) {
                waiting.tell(hosted.load());
            }
        }
    }

    void unload(Hosted hosted) {
        synchronized (lock) {
            if (waiting != null) {
                waiting.tell(new ControlMessage.Unload(hosted.number()));
            }
        }
    }

    /// Gives the waiting process away; null for none that lives. One that is being started comes sooner
    /// than another one would, and is waited for.
    @Nullable WorkerProcess take() throws InterruptedException {
        synchronized (lock) {
            hurried = true;
            lock.notifyAll();
            while (preparing) {
                lock.wait();
            }
            return alive();
        }
    }

    @GuardedBy("lock")
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
        synchronized (lock) {
            return waiting == null ? 0 : waiting.pid();
        }
    }

    /// Ends it, and lets no other come.
    void end() {
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
            if (waiting != null) {
                discard(waiting);
                waiting = null;
            }
        }
    }

    private void discard(WorkerProcess process) {
        Thread.ofVirtual().name("end of standby of " + label).start(() -> starts.discard(process));
    }
}
