package dev.espalier.chaos;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A steady load on all models, whether they answer or not: each request is sent when its time has come. Most are small,
/// one in twenty is not.
final class Load implements AutoCloseable {
    private static final int SMALL = 16;
    private static final int LARGE = 4096;

    private final Client client;
    private final long everyNanos;
    private final Thread thread;
    private volatile boolean ended;
    private volatile long sent;
    private final long began = System.nanoTime();
    private volatile long endedAt;

    Load(Client client, int perSecond) {
        this.client = client;
        this.everyNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.thread = Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    private void run() {
        Model[] models = Model.values();
        long due = began;
        for (int i = 0; !ended; i++) {
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            // Both protocols in turn, so each model gets both in turn only if their number is odd
            // here.
            Model model = models[(i + i / models.length) % models.length];
            var _ = client.ask(model, i % 20 == 7 ? LARGE : SMALL, null);
            sent = i + 1L;
            due += everyNanos;
        }
        endedAt = System.nanoTime();
    }

    /// Requests a second that have been sent so far.
    double rate() {
        long until = endedAt == 0 ? System.nanoTime() : endedAt;
        return sent * 1e9 / (until - began);
    }

    /// Sends no more.
    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
