package dev.espalier.server.scheduling;

import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import org.jspecify.annotations.Nullable;

/// Which requests run again after their worker has died.
///
/// 1. One that had not been started goes to the next worker as if nothing had happened.
/// 2. One that was running beside the execution to blame runs once more.
/// 3. One that was running in a batch that is to blame, or may be, runs once more by itself: a neighbour's
///    input must not fail it.
/// 4. One that was running by itself and is to blame fails at once.
///
/// What has been started is never run again where the model says that this could do harm, nor what has been answered:
/// nobody gets an answer twice.
record SecondRun(String model, ExecutionPolicy policy) {
    /// Workers that may die over a request that waits for them, until it is given up.
    private static final int MOST_HAND_OVERS = 16;

    /// Prepares a request for its next run.
    ///
    /// @param batchSize how many requests were in the execution
    /// @return why it does not run again; null where it does
    @Nullable ServingException refusal(Member member, int batchSize, ExecutionOutcome.Lost lost) {
        if (lost.part() == ExecutionOutcome.Part.WAITING) {
            member.handOvers++;
            return member.handOvers <= MOST_HAND_OVERS
                    ? null
                    : failure(
                            lost,
                            ", and so did %d before it while this request waited"
                                    .formatted(MOST_HAND_OVERS));
        }
        if (member.answers > 0) {
            return failure(
                    lost,
                    " after %d %s to this request, which is not run twice"
                            .formatted(member.answers, member.answers == 1 ? "answer" : "answers"));
        }
        if (!policy.idempotent()) {
            return failure(lost, " while it ran this request, which is not run twice");
        }
        if (member.secondRun) {
            return failure(lost, " while it ran this request for the second time");
        }
        if (lost.part() == ExecutionOutcome.Part.BLAMED) {
            if (batchSize == 1) {
                return failure(lost, " while it ran this request");
            }
            member.alone = true;
        }
        member.secondRun = true;
        return null;
    }

    private ServingException failure(ExecutionOutcome.Lost lost, String when) {
        return new ServingException(
                ErrorCode.UNAVAILABLE, "model '%s': %s%s".formatted(model, lost.death(), when));
    }
}
