package dev.espalier.server.failure;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What becomes of an error that nobody expected. Where it belongs to one request or one model, that one fails with
/// it and the error is only told ([#report]). What comes up at the root of a thread ends the server ([#end]): a
/// server that runs without one of its threads answers some and lets others wait for ever, and nobody restarts it.
///
/// Safe for use by several threads. Nothing here throws.
public final class InternalErrors implements Thread.UncaughtExceptionHandler {
    /// The exit code of a server that has ended for such an error.
    public static final int EXIT_CODE = 70;

    private static final Logger LOG = System.getLogger(InternalErrors.class.getName());

    /// How long the end waits for the log, which somebody may not be reading.
    private static final long LOG_MILLIS = 700;

    /// More different errors than these are counted and not logged.
    private static final int MOST_LOGGED = 200;

    private final Map<String, Long> counts = new TreeMap<>();
    private final Set<String> logged = new HashSet<>();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);

    /// @param halt ends the process at once
    public InternalErrors(Runnable halt) {
        // Exists from the start: there may be no memory for a thread when one is wanted.
        Thread.ofPlatform().name("end").daemon().start(() -> awaitEnd(halt));
    }

    private void awaitEnd(Runnable halt) {
        try {
            ending.await();
            boolean _ = told.await(LOG_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        halt.run();
    }

    /// An error has come up that belongs to `subject` alone, which the caller fails with it. It is counted, and
    /// logged with its stack the first time.
    ///
    /// @param place where, in a word or two of a fixed few: the label of a metric
    /// @param subject the request or the model, for the log
    public void report(String place, String subject, Throwable failure) {
        try {
            if (isNew(place, failure)) {
                LOG.log(
                        Level.ERROR,
                        "internal error (%s) at %s; the same is only counted from now on"
                                .formatted(place, subject),
                        failure);
            }
        } catch (Throwable _) {
            // No memory for a line of the log, say; the caller has its own to do.
        }
    }

    private synchronized boolean isNew(String place, Throwable failure) {
        counts.merge(place, 1L, Long::sum);
        StackTraceElement[] stack = failure.getStackTrace();
        String key = place + failure.getClass().getName() + (stack.length == 0 ? "" : stack[0]);
        return logged.size() < MOST_LOGGED && logged.add(key);
    }

    /// Nobody knows what else an error has left undone: logs it, and ends the server within a second, as a crash
    /// would. Returns meanwhile.
    ///
    /// @param place where, as for [#report]
    /// @param subject the thread, for the log
    public void end(String place, String subject, Throwable failure) {
        ending.countDown();
        try {
            boolean _ = isNew(place, failure);
            LOG.log(
                    Level.ERROR,
                    "internal error (%s) at %s: the server ends".formatted(place, subject),
                    failure);
        } catch (Throwable _) {
            // The end comes all the same.
        }
        told.countDown();
    }

    /// The root of a thread or of a timer's task, which ends the server with whatever comes out of `work`.
    public Runnable root(String place, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable failure) {
                end(place, Thread.currentThread().getName(), failure);
            }
        };
    }

    /// A thread that has no root of its own. A virtual one does one thing for one request or model, which is all that
    /// it leaves undone.
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (thread.isVirtual()) {
            report("thread", thread.getName(), failure);
        } else {
            end("thread", thread.getName(), failure);
        }
    }

    /// How many there were, by place.
    public synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
