package dev.espalier.server.scheduling;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.metrics.FailureReason;
import dev.espalier.server.metrics.LatencySummaries;
import dev.espalier.server.metrics.ModelStatistics;

/// Enters requests into their model's statistics that are answered each for itself: each when it ends, and their execution
/// with the first of them. Whoever tells it holds the scheduler's lock.
final class OwnAnswers {
    private final Object lock;
    private final ModelStatistics statistics;
    private final int batchRows;

    @GuardedBy("lock")
    private long begun = System.nanoTime();

    @GuardedBy("lock")
    private boolean answered;

    @GuardedBy("lock")
    private boolean counted;

    /// @param lock the scheduler's
    /// @param batchRows the rows of all requests of the execution
    OwnAnswers(Object lock, ModelStatistics statistics, int batchRows) {
        this.lock = lock;
        this.statistics = statistics;
        this.batchRows = batchRows;
    }

    void answered(Member member, ExecutionOutcome.Done answer) {
        synchronized (lock) {
            member.answers++;
            if (member.answers == 1) {
                statistics.firstAnswer(System.nanoTime() - member.openedAt());
            }
            if (!answered) {
                answered = true;
                begun = answer.begun();
            }
        }
    }

    void ended(Member member, boolean failed) {
        synchronized (lock) {
            long now = System.nanoTime();
            long nanos = now - member.openedAt();
            if (failed) {
                statistics.failed(FailureReason.BACKEND, 1, nanos);
                return;
            }
            long queued = Math.max(0, begun - member.waitingSince);
            long infer = Math.max(0, now - begun);
            statistics.answered(member.placement().rows(), nanos, queued, infer);
            LatencySummaries summaries = statistics.summaries();
            if (summaries != null) {
                summaries.add(nanos, queued, new ModelStatistics.Times(0, infer, 0));
            }
            if (!counted) {
                counted = true;
                statistics.executed(batchRows, infer);
            }
        }
    }
}
