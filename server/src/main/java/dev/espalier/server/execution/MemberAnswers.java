package dev.espalier.server.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.CompletionRing;
import dev.espalier.server.failure.ServingException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How far the requests of an execution have been answered that are answered each for itself. What the worker says of one
/// must fit what it has said of it before; else that request has failed, and nobody else notices.
///
/// Each request is told of on its own loop.
final class MemberAnswers {
    private final ExecutionInFlight.Completion completion;
    private final int mostUnread;
    private final Progress[] members;

    /// Requests without a last word, and one for the instance.
    private final AtomicInteger open;

    private volatile boolean lasting;

    @GuardedBy("this")
    private boolean returned;

    /// One request; its loop's own, but for `unread`.
    private static final class Progress {
        final AtomicInteger unread = new AtomicInteger();
        int next;

        /// Whether it has failed for what the worker said of it, so that everything to its last word is void.
        boolean broken;

        boolean ended;
    }

    /// @param mostUnread how many answers of a request a worker sends before the first is released
    MemberAnswers(ExecutionInFlight.Completion completion, int count, int mostUnread) {
        this.completion = completion;
        this.mostUnread = mostUnread;
        this.members = new Progress[count];
        for (int i = 0; i < count; i++) {
            members[i] = new Progress();
        }
        this.open = new AtomicInteger(count + 1);
    }

    /// What came of a word.
    enum Heard {
        /// It was as it must be.
        SENSE,
        /// The same, and it was the last of the execution.
        OVER,
        /// No worker of ours says that.
        NONSENSE,
        /// It cannot be, and its request has failed for it.
        BROKEN
    }

    /// The instance goes on to the next execution.
    Heard returned(LinkedWorker worker) {
        synchronized (this) {
            if (returned) {
                return Heard.NONSENSE;
            }
            returned = true;
            // Before anybody can see that it is over.
            lasting = open.get() > 1;
        }
        if (lasting) {
            worker.lasts();
        }
        completion.returned(lasting);
        return closed();
    }

    /// Whether it went on after the instance had gone on to others. When it is over.
    boolean lasted() {
        return lasting;
    }

    /// Takes what the ring's completion says of one of the requests, on that one's loop.
    Heard take(CompletionRing ring, AnswerReader reader) {
        int member = ring.member();
        Progress progress = members[member];
        if (progress.ended) {
            reader.drop(ring);
            return Heard.NONSENSE;
        }
        boolean last = ring.isLast();
        progress.ended = last;
        if (progress.broken) {
            reader.drop(ring);
            return last ? closed() : Heard.SENSE;
        }
        String contradiction = contradiction(ring, progress);
        ServingException failure = null;
        if (contradiction != null) {
            reader.drop(ring);
            failure = reader.nonsense(contradiction).failure();
        } else if (ring.isEmpty()) {
            completion.ended(member, null);
            return closed();
        } else {
            switch (reader.readOwn(ring, progress.unread)) {
                case ExecutionOutcome.Done done -> {
                    progress.next++;
                    done.answer().begin();
                    completion.answered(member, done, last);
                    return last ? closed() : Heard.SENSE;
                }
                case ExecutionOutcome.Failed failed -> failure = failed.failure();
                case ExecutionOutcome.Lost _ ->
                        throw new IllegalStateException("an answer is no loss");
            }
        }
        progress.broken = !last;
        completion.ended(member, failure);
        return last ? closed() : Heard.BROKEN;
    }

    private @Nullable String contradiction(CompletionRing ring, Progress progress) {
        if (ring.number() != progress.next) {
            return "answer %d of a request (expected: %d)".formatted(ring.number(), progress.next);
        }
        if (ring.isLast()) {
            return null;
        }
        if (ring.isEmpty()) {
            return "nothing, and not as the last word";
        }
        return progress.unread.get() < mostUnread
                ? null
                : "one more answer while %d are unread (expected: at most that many)"
                        .formatted(mostUnread);
    }

    private Heard closed() {
        return open.decrementAndGet() == 0 ? Heard.OVER : Heard.SENSE;
    }

    /// Whether a client has answers that it has not read, so that the model may wait for it.
    boolean waitsForClients() {
        for (Progress progress : members) {
            if (progress.unread.get() > 0) {
                return true;
            }
        }
        return false;
    }
}
