package dev.espalier.server.inference;

import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import dev.espalier.server.work.WorkPool;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// What is copied for one request, one thing at a time and beside its event loop; what comes of the request meanwhile
/// waits. Used on the loop.
final class RegionCopies {
    /// How many bytes are copied, or have their pages made, in the time of one unit of a [WorkPool].
    private static final int BYTES_A_UNIT = 32;

    private final String subject;
    private final Executor loop;
    private final WorkPool copiers;
    private final InternalErrors errors;
    private final Queue<Runnable> waiting = new ArrayDeque<>(1);
    private boolean underWay;

    /// @param subject the request, for the log
    RegionCopies(String subject, Executor loop, WorkPool copiers, InternalErrors errors) {
        this.subject = subject;
        this.loop = loop;
        this.copiers = copiers;
        this.errors = errors;
    }

    /// Whether something is being copied.
    boolean isUnderWay() {
        return underWay;
    }

    /// Has `work` done beside the loop, and then `done` on it.
    ///
    /// @throws ServingException OVERLOADED when too much waits to be copied already
    <T> void copy(long bytes, Work<T> work, Consumer<Outcome<T>> done) throws ServingException {
        copiers.execute(
                bytes / BYTES_A_UNIT,
                () -> {
                    Outcome<T> outcome = Outcome.of(work, errors, "inference", subject);
                    loop.execute(() -> copied(() -> done.accept(outcome)));
                });
        underWay = true;
    }

    private void copied(Runnable done) {
        underWay = false;
        try {
            done.run();
            while (!underWay && !waiting.isEmpty()) {
                waiting.remove().run();
            }
        } catch (Throwable failure) {
            errors.report("inference", subject, failure);
        }
    }

    /// Runs `step` once nothing is being copied and what has come before it is done.
    void inOrder(Runnable step) {
        if (underWay) {
            waiting.add(step);
        } else {
            step.run();
        }
    }

    /// Runs what waits, which finds that nobody wants it any more.
    void drop() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
