package dev.espalier.server.execution;

import dev.espalier.server.failure.InternalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Notices event loops that do not turn: each second it has every loop do nothing, and looks how long that takes. A
/// loop that does not turn serves none of its connections; after [#DEAD] the server says that it is not alive, so
/// that somebody starts it anew.
public final class LoopWatch implements AutoCloseable {
    /// From when on a loop is held up, and the log says by what.
    public static final Duration STALL = Duration.ofSeconds(1);

    /// From when on the server is not alive.
    public static final Duration DEAD = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger(LoopWatch.class.getName());
    private static final long PAUSE_MILLIS = 1000;
    private static final long LOOK_MILLIS = 100;

    /// What counts as a stall in the metric: less is work.
    private static final long COUNTED_NANOS = 50_000_000;

    private final List<Pulse> pulses;
    private final AtomicLong stalledNanos = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final long deadNanos;
    private volatile boolean dead;

    /// One loop: when it was asked, and whether it has answered.
    private static final class Pulse {
        final LinkedLoop loop;
        volatile boolean answered = true;
        long askedAt;
        long countedUntil;
        boolean told;

        Pulse(LinkedLoop loop) {
            this.loop = loop;
        }
    }

    LoopWatch(List<LinkedLoop> loops, InternalErrors errors) {
        this(loops, errors, DEAD);
    }

    /// @param dead in the place of [#DEAD]
    LoopWatch(List<LinkedLoop> loops, InternalErrors errors, Duration dead) {
        deadNanos = dead.toNanos();
        pulses = loops.stream().map(Pulse::new).toList();
        Thread _ =
                Thread.ofPlatform()
                        .name("loop watch")
                        .daemon()
                        .start(errors.root("loop watch", this::watch));
    }

    private void watch() {
        try {
            while (true) {
                pulses.forEach(LoopWatch::ask);
                long left = PAUSE_MILLIS;
                while (left > 0) {
                    if (closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    left -= LOOK_MILLIS;
                    look(System.nanoTime());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ask(Pulse pulse) {
        if (!pulse.answered || pulse.loop.eventLoop().isShuttingDown()) {
            return;
        }
        pulse.answered = false;
        pulse.askedAt = System.nanoTime();
        pulse.countedUntil = pulse.askedAt;
        pulse.loop.execute(() -> pulse.answered = true);
    }

    private void look(long now) {
        boolean anyDead = false;
        for (Pulse pulse : pulses) {
            if (pulse.answered) {
                pulse.told = false;
                continue;
            }
            long waited = now - pulse.askedAt;
            if (waited >= COUNTED_NANOS) {
                stalledNanos.addAndGet(now - pulse.countedUntil);
                pulse.countedUntil = now;
            }
            if (waited >= STALL.toNanos() && !pulse.told) {
                pulse.told = true;
                tell(pulse.loop, waited);
            }
            anyDead |= waited >= deadNanos;
        }
        dead = anyDead;
    }

    private static void tell(LinkedLoop loop, long waited) {
        StringBuilder stack = new StringBuilder(1000);
        for (StackTraceElement element : loop.stack()) {
            stack.append("\n    at ").append(element);
        }
        LOG.log(
                Level.WARNING,
                "event loop {0} has not turned for {1} ms; it is at{2}",
                loop.index(),
                waited / 1_000_000,
                stack);
    }

    /// Whether every loop has turned within [#DEAD].
    public boolean alive() {
        return !dead;
    }

    /// How long loops have not turned, all of them together.
    public double stalledSeconds() {
        return stalledNanos.get() / 1e9;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
