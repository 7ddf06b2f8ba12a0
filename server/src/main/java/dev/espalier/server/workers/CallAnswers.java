package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.ControlMessage;
import dev.espalier.server.execution.CallReplies;
import dev.espalier.server.failure.InternalErrors;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Tells one worker's process what has come of its models' calls, on a thread of its own from the first one on: a process
/// that does not read must not hold up a loop.
final class CallAnswers implements CallReplies {
    /// After it nothing is told.
    private static final ControlMessage END = new ControlMessage.Serve();

    /// One of ours has fewer threads that wait for an answer.
    private static final int MOST_WAITING = 1 << 14;

    private final BlockingQueue<ControlMessage> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Consumer<ControlMessage> process;
    private final Runnable deaf;
    private final Thread thread;

    @GuardedBy("this")
    private boolean begun;

    /// @param worker what operators call it
    /// @param process tells it; may wait
    /// @param deaf what becomes of a process that calls and does not read what comes of it; must not wait
    CallAnswers(
            String worker, Consumer<ControlMessage> process, Runnable deaf, InternalErrors errors) {
        this.process = process;
        this.deaf = deaf;
        this.thread =
                Thread.ofPlatform()
                        .name("calls of " + worker)
                        .daemon()
                        .unstarted(errors.root("calls", this::run));
    }

    @Override
    public void tell(ControlMessage reply) {
        if (!waiting.offer(reply)) {
            deaf.run();
            return;
        }
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
        }
        thread.start();
    }

    private void run() {
        try {
            for (ControlMessage next = waiting.take(); !next.equals(END); next = waiting.take()) {
                process.accept(next);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The process is gone: nobody waits for what has not been told.
    void close() {
        waiting.clear();
        boolean _ = waiting.offer(END);
    }
}
