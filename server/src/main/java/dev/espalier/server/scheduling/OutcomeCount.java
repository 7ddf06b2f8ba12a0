package dev.espalier.server.scheduling;

import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.metrics.FailureReason;
import dev.espalier.server.metrics.LatencySummaries;
import dev.espalier.server.metrics.ModelStatistics;
import java.util.List;

/// Enters the outcome of an execution into its model's statistics.
final class OutcomeCount {
    private OutcomeCount() {}

    static void count(
            ModelStatistics statistics, List<Member> members, int rows, ExecutionOutcome outcome) {
        long now = System.nanoTime();
        long requestNanos = 0;
        for (Member member : members) {
            requestNanos += now - member.openedAt();
        }
        switch (outcome) {
            case ExecutionOutcome.Failed _ -> {
                statistics.executedInVain(rows);
                statistics.failed(FailureReason.BACKEND, members.size(), requestNanos);
            }
            case ExecutionOutcome.Lost _ ->
                    statistics.failed(FailureReason.BACKEND, members.size(), requestNanos);
            case ExecutionOutcome.Done done -> {
                long queueNanos = 0;
                for (Member member : members) {
                    queueNanos += queued(member, done);
                }
                ModelStatistics.Times times =
                        new ModelStatistics.Times(
                                done.called() - done.begun(),
                                done.returned() - done.called(),
                                done.finished() - done.returned());
                statistics.executed(members.size(), rows, requestNanos, queueNanos, times);
                LatencySummaries summaries = statistics.summaries();
                if (summaries != null) {
                    for (Member member : members) {
                        summaries.add(now - member.openedAt(), queued(member, done), times);
                    }
                }
            }
        }
    }

    private static long queued(Member member, ExecutionOutcome.Done done) {
        return Math.max(0, done.begun() - member.waitingSince);
    }
}
