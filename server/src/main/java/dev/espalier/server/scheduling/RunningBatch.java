package dev.espalier.server.scheduling;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.execution.ExecutionInFlight;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.metrics.FailureReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Requests that run as one execution.
final class RunningBatch implements ExecutionInFlight.Completion {
    private final ModelScheduler scheduler;
    private final InstanceLane instance;
    private final List<Member> members;
    private final int rows;

    /// Requests of a lost execution that do not run again, and why. Complete once `settled`.
    private final Map<Member, ServingException> refusals = new LinkedHashMap<>();

    @GuardedBy("scheduler.lock")
    private boolean settled;

    /// Whether the instance has gone on to the next execution already.
    @GuardedBy("scheduler.lock")
    private boolean returned;

    /// What its requests have had that are answered each for itself; null where there is none.
    @GuardedBy("scheduler.lock")
    private @Nullable OwnAnswers own;

    RunningBatch(ModelScheduler scheduler, InstanceLane instance, List<Member> members, int rows) {
        this.scheduler = scheduler;
        this.instance = instance;
        this.members = members;
        this.rows = rows;
    }

    @Override
    public long limitMillis() {
        return scheduler.secondRun.policy().limitMillis();
    }

    // --- one outcome for all

    @Override
    public void finished(ExecutionOutcome outcome) {
        if (outcome instanceof ExecutionOutcome.Lost lost) {
            settle(lost);
        } else {
            synchronized (scheduler.lock) {
                leave(List.of());
                for (Member member : members) {
                    scheduler.places.leave(member);
                }
            }
            OutcomeCount.count(scheduler.statistics, members, rows, outcome);
        }
        scheduler.freed();
    }

    @GuardedBy("scheduler.lock")
    private void leave(List<Member> again) {
        if (!returned) {
            instance.finished(members.size());
        }
        scheduler.finishRun(again);
    }

    /// Decides which requests of a lost execution run again, and puts those back in line. Done by
    /// whichever loop comes first.
    private void settle(ExecutionOutcome.Lost lost) {
        List<Member> again = new ArrayList<>();
        synchronized (scheduler.lock) {
            if (settled) {
                return;
            }
            settled = true;
            for (Member member : members) {
                member.execution = null;
                boolean wanted = member.state == Member.State.RUNNING;
                ServingException refusal =
                        wanted ? scheduler.secondRun.refusal(member, members.size(), lost) : null;
                if (wanted && refusal == null) {
                    member.state = Member.State.WAITING;
                    again.add(member);
                    continue;
                }
                scheduler.places.leave(member);
                if (refusal == null) {
                    member.state = Member.State.GONE;
                } else {
                    refusals.put(member, refusal);
                }
            }
            leave(again);
        }
        for (Member member : again) {
            member.loop().execute(() -> scheduler.expireAgain(member));
        }
        long now = System.nanoTime();
        for (Member member : refusals.keySet()) {
            scheduler.statistics.failed(FailureReason.BACKEND, 1, now - member.openedAt());
        }
    }

    @Override
    public void deliver(ExecutionOutcome outcome, LinkedLoop loop) {
        if (outcome instanceof ExecutionOutcome.Lost lost) {
            settle(lost);
            for (Member member : members) {
                if (member.loop() == loop) {
                    member.endCalls();
                }
            }
            refusals.forEach((member, refusal) -> {
                if (member.loop() == loop) {
                    deliver(member, new ExecutionOutcome.Failed(refusal), 0);
                }
            });
            return;
        }
        int row = 0;
        for (Member member : members) {
            if (member.loop() == loop) {
                deliver(member, outcome, row);
            }
            row += member.placement().rows();
        }
    }

    private void deliver(Member member, ExecutionOutcome outcome, int row) {
        member.neverExpire();
        member.endCalls();
        boolean wanted;
        synchronized (scheduler.lock) {
            wanted = member.state == Member.State.RUNNING;
            member.state = Member.State.GONE;
            member.execution = null;
        }
        switch (outcome) {
            case ExecutionOutcome.Done done when wanted -> member.completed(done, rows, row);
            case ExecutionOutcome.Done done -> done.answer().release();
            case ExecutionOutcome.Failed failed when wanted -> member.failed(failed.failure());
            case ExecutionOutcome.Failed _ -> {}
            case ExecutionOutcome.Lost _ ->
                    throw new IllegalStateException("a lost execution has refusals");
        }
    }

    // --- answers for each request

    @Override
    public LinkedLoop loop(int member) {
        return members.get(member).loop();
    }

    @Override
    public void answered(int index, ExecutionOutcome.Done answer, boolean last) {
        Member member = members.get(index);
        member.neverExpire();
        if (last) {
            member.endCalls();
        }
        boolean wanted;
        synchronized (scheduler.lock) {
            wanted = member.state == Member.State.RUNNING;
            own().answered(member, answer);
            if (last) {
                end(member, wanted, false);
            }
        }
        if (wanted) {
            member.answered(answer, last);
        } else {
            answer.answer().release();
        }
    }

    @Override
    public void ended(int index, @Nullable ServingException failure) {
        Member member = members.get(index);
        member.neverExpire();
        member.endCalls();
        boolean wanted;
        synchronized (scheduler.lock) {
            wanted = member.state == Member.State.RUNNING;
            end(member, wanted, failure != null);
        }
        if (!wanted) {
            return;
        }
        if (failure == null) {
            member.finished();
        } else {
            member.failed(failure);
        }
    }

    @GuardedBy("scheduler.lock")
    private void end(Member member, boolean wanted, boolean failed) {
        if (wanted) {
            own().ended(member, failed);
        }
        member.state = Member.State.GONE;
        member.execution = null;
    }

    @GuardedBy("scheduler.lock")
    private OwnAnswers own() {
        OwnAnswers known = own;
        if (known == null) {
            known = new OwnAnswers(scheduler.lock, scheduler.statistics, rows);
            own = known;
        }
        return known;
    }

    @Override
    public boolean called(int index, ModelCall call) {
        Member member = members.get(index);
        synchronized (scheduler.lock) {
            if (member.state != Member.State.RUNNING) {
                return false;
            }
        }
        member.called(call);
        return true;
    }

    @Override
    public void callOver(int index, int number) {
        members.get(index).callOver(number);
    }

    @Override
    public void returned(boolean lasting) {
        synchronized (scheduler.lock) {
            returned = true;
            instance.finished(members.size());
            scheduler.lasting |= lasting;
        }
        scheduler.dispatch();
    }

    @Override
    public void over() {
        synchronized (scheduler.lock) {
            leave(List.of());
            for (Member member : members) {
                scheduler.places.leave(member);
            }
        }
        scheduler.freed();
    }
}
