package dev.espalier.server.execution;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One execution that a worker has been given, and the requests that wait for it.
///
/// Its outcome is set once, by whichever loop comes first or by the worker's death; each loop then
/// delivers it to its own requests, once. The memory of the result is given back when the last request
/// has released it.
public final class ExecutionInFlight {
    private final LinkedWorker worker;
    private final Completion completion;
    private final int slot;
    private final int generation;
    private final int lane;
    private final int loopMask;
    private final AtomicInteger undelivered;
    private final AtomicInteger unreleased;
    private @Nullable ExecutionOutcome outcome;
    private volatile long resultBytes;

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
        this.unreleased = new AtomicInteger(members);
    }

    /// Who waits for an execution.
    public interface Completion {
        /// How long it may run, in milliseconds; 0 for any time.
        long limitMillis();

        /// Called once, by the first loop that learns of the outcome: the instance is free.
        void finished(ExecutionInFlight execution, ExecutionOutcome outcome);

        /// Called once a loop, on that loop, for the requests that belong to it.
        void deliver(ExecutionInFlight execution, ExecutionOutcome outcome, LinkedLoop loop);
    }

    int slot() {
        return slot;
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

    /// What its result takes up in OUT.
    long resultBytes() {
        return resultBytes;
    }

    /// Sets the outcome if there is none yet, and delivers it to the requests of `loop`.
    void finish(ExecutionOutcome proposed, LinkedLoop loop) {
        int bit = 1 << loop.index();
        if ((loopMask & bit) == 0) {
            return;
        }
        if ((undelivered.getAndUpdate(mask -> mask & ~bit) & bit) == 0) {
            return;
        }
        boolean first;
        ExecutionOutcome settled;
        synchronized (this) {
            first = outcome == null;
            if (first) {
                outcome = proposed;
            }
            settled = outcome == null ? proposed : outcome;
        }
        if (first) {
            resultBytes = settled.resultBytes();
            worker.count(resultBytes);
            completion.finished(this, settled);
        }
        completion.deliver(this, settled, loop);
    }

    /// One of the requests has consumed its part of the result, or never will.
    public void release() {
        int left = unreleased.decrementAndGet();
        if (left == 0) {
            worker.release(this);
        } else if (left < 0) {
            throw new IllegalStateException("a result was released twice");
        }
    }
}
