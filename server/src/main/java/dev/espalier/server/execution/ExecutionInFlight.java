package dev.espalier.server.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.CompletionRing;
import dev.espalier.server.failure.ServingException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One execution that a worker has been given, and the requests that wait for it.
///
/// Its outcome is set once, by whichever loop comes first or by the worker's death; each loop then
/// delivers it to its own requests, once. When all of them have it, the slot is free: what an [Answer] holds is
/// its own. An execution whose requests are answered each for itself ([MemberAnswers]) has an outcome only when it is lost;
/// its slot is free at the last word of all.
public final class ExecutionInFlight {
    private final LinkedWorker worker;
    private final Completion completion;
    private final int slot;
    private final int generation;
    private final int lane;
    private final int members;

    /// The loops that have not delivered its outcome.
    @GuardedBy("this")
    private int undelivered;

    @GuardedBy("this")
    private @Nullable ExecutionOutcome outcome;

    /// How far its requests have been answered each for itself; null where they are not, or nothing has come.
    @GuardedBy("this")
    private @Nullable MemberAnswers each;

    /// Whether nothing more comes of it.
    @GuardedBy("this")
    private boolean over;

    /// Whether one of its requests has been answered since the watch looked.
    private volatile boolean spoken;

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
        this.undelivered = loopMask;
        this.members = members;
    }

    /// Who waits for an execution.
    public interface Completion {
        /// How long it may run, in milliseconds; 0 for any time.
        long limitMillis();

        /// Called once, by the first loop that learns of an outcome for all requests: the instance is free.
        void finished(ExecutionOutcome outcome);

        /// Called once a loop, on that loop, for the requests that belong to it.
        void deliver(ExecutionOutcome outcome, LinkedLoop loop);

        /// The loop of a request that is answered for itself. The calls below are made for such on that loop.
        LinkedLoop loop(int member);

        /// A request has an answer of its own.
        ///
        /// @param last whether it is the last
        void answered(int member, ExecutionOutcome.Done answer, boolean last);

        /// A request has no further answers.
        ///
        /// @param failure why; null where it has all that there are
        void ended(int member, @Nullable ServingException failure);

        /// A request calls another model.
        ///
        /// @return false where nobody waits for the request any more
        boolean called(int member, ModelCall call);

        /// A request's call of this number is over for the worker.
        void callOver(int member, int number);

        /// Called once, on any loop: the instance goes on to the next execution.
        ///
        /// @param lasting whether this one goes on as well
        void returned(boolean lasting);

        /// Called once, on any loop: all its requests have ended, and the instance has returned.
        void over();
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
        if (seenRunning == 0 || spoken || waitsForClients()) {
            spoken = false;
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

    private synchronized boolean waitsForClients() {
        return each != null && each.waitsForClients();
    }

    /// Tells the worker that nobody waits for a request any more. A slot that another execution may have is left alone.
    ///
    /// @param member which of its requests
    public synchronized void cancel(int member) {
        if (outcome == null && !over) {
            worker.cancelled().cancel(slot, generation, member);
        }
    }

    // --- one outcome for all requests

    /// Sets the outcome that the worker tells if there is none yet, and delivers it to the requests of `loop`.
    ///
    /// @param told tells the outcome; asked once at most
    /// @return false where requests have been answered each for itself, so that no worker of ours says this
    boolean finish(Supplier<ExecutionOutcome> told, LinkedLoop loop) {
        return settle(told, loop, false);
    }

    /// Sets the outcome that it is lost if it has none yet, and delivers it to the requests of `loop`.
    void lose(Supplier<ExecutionOutcome> how, LinkedLoop loop) {
        boolean _ = settle(how, loop, true);
    }

    private boolean settle(Supplier<ExecutionOutcome> proposed, LinkedLoop loop, boolean lost) {
        int bit = 1 << loop.index();
        boolean first;
        boolean lastLoop;
        ExecutionOutcome settled;
        synchronized (this) {
            if (each != null && !lost) {
                return false;
            }
            if ((undelivered & bit) == 0) {
                return true;
            }
            undelivered &= ~bit;
            lastLoop = undelivered == 0;
            ExecutionOutcome known = outcome;
            first = known == null;
            settled = known == null ? proposed.get() : known;
            outcome = settled;
        }
        if (lastLoop) {
            // The last loop has read what there was to read: the slot can have another execution.
            worker.leave(this, false);
        }
        if (first) {
            if (settled instanceof ExecutionOutcome.Done done) {
                done.answer().begin();
            }
            completion.finished(settled);
        }
        completion.deliver(settled, loop);
        return true;
    }

    // --- calls of other models

    /// One of its requests calls another model.
    ///
    /// @return false where nobody waits for that request any more
    boolean called(int member, ModelCall call, LinkedLoop loop) {
        return isOf(member, loop) && completion.called(member, call);
    }

    /// A call of one of its requests is over for the worker.
    ///
    /// @return whether there is such a request
    boolean callOver(int member, int number, LinkedLoop loop) {
        if (!isOf(member, loop)) {
            return false;
        }
        completion.callOver(member, number);
        return true;
    }

    private boolean isOf(int member, LinkedLoop loop) {
        return member >= 0 && member < members && completion.loop(member) == loop;
    }

    // --- answers for each request

    /// Takes what the ring's completion says of one request, or of the instance.
    ///
    /// @return whether a worker of ours can have said this
    boolean tell(CompletionRing ring, AnswerReader reader, LinkedLoop loop) {
        int member = ring.member();
        if (!ring.isReturn() && !isOf(member, loop)) {
            reader.drop(ring);
            boolean _ =
                    finish(
                            () ->
                                    reader.nonsense(
                                            "an answer for request %d of %d (expected: one of this loop's)"
                                                    .formatted(member, members)),
                            loop);
            return false;
        }
        MemberAnswers answers = each();
        if (answers == null) {
            reader.drop(ring);
            return false;
        }
        spoken = true;
        MemberAnswers.Heard heard =
                ring.isReturn() ? answers.returned(worker) : answers.take(ring, reader);
        switch (heard) {
            case SENSE, NONSENSE -> {}
            case BROKEN -> cancel(member);
            case OVER -> {
                synchronized (this) {
                    over = true;
                    undelivered = 0;
                }
                worker.leave(this, answers.lasted());
                completion.over();
            }
        }
        return heard == MemberAnswers.Heard.SENSE || heard == MemberAnswers.Heard.OVER;
    }

    /// Null where there is an outcome for all.
    private synchronized @Nullable MemberAnswers each() {
        if (each == null && outcome == null) {
            each = new MemberAnswers(completion, members, worker.unread().answers());
        }
        return each;
    }
}
