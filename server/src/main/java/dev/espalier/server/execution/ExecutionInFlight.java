package dev.espalier.server.execution;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One execution that a worker has been given, and the requests that wait for it.
///
/// Its outcome is set once, by whichever loop comes first or by the worker's death; each loop then
/// delivers it to its own requests, once. When all of them have it, the slot is free: what an [Answer] holds is
/// its own.
public final class ExecutionInFlight {
    private final LinkedWorker worker;
    private final Completion completion;
    private final int slot;
    private final int generation;
    private final int lane;
    private final int loopMask;
    private final AtomicInteger undelivered;
    private final int members;
    private @Nullable ExecutionOutcome outcome;

    /// When the watch first saw it running; 0 before. The watch's own.
    private long seenRunning;

    ExecutionInFlight(
            LinkedWorker worker,
            Completion completion,
            int slot,
            int generation,
            int lane,
            int loopMask,
            int members) {
        this.worker = worker;
        this.completion = completion;
        this.slot = slot;
        this.generation = generation;
        this.lane = lane;
        this.loopMask = loopMask;
        this.undelivered = new AtomicInteger(loopMask);
        this.members = members;
    }

    /// Who waits for an execution.
    public interface Completion {
        /// How long it may run, in milliseconds; 0 for any time.
        long limitMillis();

        /// Called once, by the first loop that learns of the outcome: the instance is free.
        void finished(ExecutionOutcome outcome);

        /// Called once a loop, on that loop, for the requests that belong to it.
        void deliver(ExecutionOutcome outcome, LinkedLoop loop);
    }

    int slot() {
        return slot;
    }

    /// How many requests it runs for.
    int members() {
        return members;
    }

    int generation() {
        return generation;
    }

    /// The lane of the instance that runs it.
    int lane() {
        return lane;
    }

    /// Whether it has been running for longer than it may. For the watch's thread only.
    boolean isOverdue(long now) {
        if (seenRunning == 0) {
            seenRunning = now;
        }
        long limit = completion.limitMillis();
        return limit > 0 && now - seenRunning > limit * 1_000_000L;
    }

    long limitMillis() {
        return completion.limitMillis();
    }

    synchronized @Nullable ExecutionOutcome outcome() {
        return outcome;
    }

    /// Sets the outcome if there is none yet, and delivers it to the requests of `loop`.
    ///
    /// @param proposed tells the outcome; asked once at most
    void finish(Supplier<ExecutionOutcome> proposed, LinkedLoop loop) {
        int bit = 1 << loop.index();
        if ((loopMask & bit) == 0) {
            return;
        }
        int before = undelivered.getAndUpdate(mask -> mask & ~bit);
        if ((before & bit) == 0) {
            return;
        }
        boolean first;
        ExecutionOutcome settled;
        synchronized (this) {
            ExecutionOutcome known = outcome;
            first = known == null;
            settled = known == null ? proposed.get() : known;
            outcome = settled;
        }
        if (before == bit) {
            // The last loop has read what there was to read: the slot can have another execution.
            worker.leave(this);
        }
        if (first) {
            if (settled instanceof ExecutionOutcome.Done done) {
                done.answer().begin();
            }
            completion.finished(settled);
        }
        completion.deliver(settled, loop);
    }
}
