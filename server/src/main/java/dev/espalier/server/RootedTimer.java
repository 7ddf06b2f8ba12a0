package dev.espalier.server;

import dev.espalier.server.failure.InternalErrors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The server's timer, a thread of its own. The JDK's keeps to itself what a task fails with, and never runs it again;
/// here that ends the server.
final class RootedTimer extends ScheduledThreadPoolExecutor {
    private final InternalErrors errors;

    RootedTimer(InternalErrors errors) {
        super(1, Thread.ofPlatform().name("timer").daemon().factory());
        this.errors = errors;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return super.schedule(errors.root("timer", command), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(
                errors.root("timer", command), initialDelay, delay, unit);
    }
}
