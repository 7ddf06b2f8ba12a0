package dev.espalier.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.engine.Answer;
import dev.espalier.engine.Calls;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.NoRoomException;
import dev.espalier.engine.Request;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkLayout;
import java.util.BitSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A request until its last word. What it sends, it numbers; when too much of that is unread, who sends waits. Who waits
/// looks for releases itself: the server wakes nobody for them.
///
/// Safe for use by several threads.
final class OpenRequest implements Request {
    private static final long FIRST_PAUSE_NANOS = 50_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000;

    private final OpenExecution execution;
    private final WorkerMemory link;
    private final int member;
    private final int loop;
    private final Execution.Tensors inputs;
    private final BitSet wanted;
    private final Unread unread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition pause = lock.newCondition();

    @GuardedBy("lock")
    private int sent;

    /// Whether the model has said its last word.
    private volatile boolean over;

    /// Whether the worker has said it for the model, which may go on as if the client had gone.
    private volatile boolean givenUp;

    OpenRequest(
            OpenExecution execution,
            WorkerMemory link,
            int member,
            int loop,
            Execution.Tensors inputs,
            BitSet wanted) {
        this.execution = execution;
        this.link = link;
        this.member = member;
        this.loop = loop;
        this.inputs = inputs;
        this.wanted = wanted;
        this.unread = new Unread(link.in().memory());
    }

    @Override
    public Execution.Tensors inputs() {
        return inputs;
    }

    @Override
    public boolean isRequested(int index) {
        return wanted.get(index);
    }

    @Override
    public Answer answer() throws EngineException {
        checkOpen();
        return new OpenAnswer(this, execution, link);
    }

    @Override
    public boolean isCancelled() {
        return over || givenUp || execution.isCancelled(member);
    }

    @Override
    public Calls calls() {
        return execution.calls(member, loop);
    }

    // --- words

    /// Sends an answer that may not be the last.
    boolean send(OpenAnswer answer) throws EngineException {
        lock.lock();
        try {
            checkOpen(answer);
            if (!awaitReader()) {
                answer.abandon();
                return false;
            }
            // Somebody else may have sent it meanwhile.
            answer.checkOpen();
            answer.seal(unread);
            tell(answer, 0);
            sent++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void sendLast(OpenAnswer answer) throws EngineException {
        lock.lock();
        try {
            checkOpen(answer);
            if (isCancelled()) {
                answer.abandon();
                end(CompletionWriter.EMPTY);
            } else {
                answer.seal(unread);
                end(answer);
            }
            over = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void finish() {
        lock.lock();
        try {
            checkOpen();
            end(CompletionWriter.EMPTY);
            over = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void fail(EngineException failure) {
        lock.lock();
        try {
            checkOpen();
            end(failure);
            over = true;
        } finally {
            lock.unlock();
        }
    }

    /// Fails it for the model, unless that has said its last word.
    void giveUp(EngineException failure) {
        lock.lock();
        try {
            if (!over) {
                end(failure);
                givenUp = true;
            }
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (over) {
            throw new IllegalStateException("the request has had its last word");
        }
    }

    /// The same for what is sent: an answer that comes too late leaves nothing behind, and none is sent twice.
    @GuardedBy("lock")
    private void checkOpen(OpenAnswer answer) {
        if (over) {
            answer.abandon();
        }
        checkOpen();
        answer.checkOpen();
    }

    // --- the last word, which is said once

    @GuardedBy("lock")
    private void end(EngineException failure) {
        if (givenUp) {
            return;
        }
        try {
            end(OpenAnswer.ofFailure(this, execution, link, failure));
        } catch (NoRoomException _) {
            // The server has words for that.
            end(0);
        }
    }

    @GuardedBy("lock")
    private void end(OpenAnswer answer) {
        tell(answer, CompletionWriter.LAST);
        execution.ended();
    }

    @GuardedBy("lock")
    private void end(int words) {
        if (!givenUp) {
            execution.tell(
                    loop, LinkLayout.NO_BLOCK, 0, 0, member, words | CompletionWriter.LAST, sent);
            execution.ended();
        }
    }

    @GuardedBy("lock")
    private void tell(OpenAnswer answer, int words) {
        execution.tell(loop, answer.block(), answer.lease(), answer.length(), member, words, sent);
    }

    // --- back-pressure

    /// Waits until an answer may be sent.
    ///
    /// @return false when nobody waits for it any more
    @GuardedBy("lock")
    private boolean awaitReader() {
        long nanos = FIRST_PAUSE_NANOS;
        long before = 0;
        while (!isCancelled()) {
            if (unread.hasRoom()) {
                return true;
            }
            link.answers().takeBack();
            if (unread.hasRoom()) {
                return true;
            }
            long now = System.nanoTime();
            if (before != 0 && execution.holdsUpOthers(now - before)) {
                giveUp(
                        new EngineException(
                                "its client left %d answers unread while other requests waited for the model's instance, for %d ms"
                                        .formatted(unread.answers(), Answer.MOST_HOLD_MILLIS)));
                return false;
            }
            before = now;
            try {
                long _ = pause.awaitNanos(nanos);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                // The model takes it for the client's wish, so that its end must not look like that
                // of all answers.
                giveUp(
                        new EngineException(
                                "the model's thread was interrupted while its client had %d answers unread"
                                        .formatted(unread.answers())));
                return false;
            }
            nanos = Math.min(2 * nanos, LONGEST_PAUSE_NANOS);
        }
        return false;
    }
}
