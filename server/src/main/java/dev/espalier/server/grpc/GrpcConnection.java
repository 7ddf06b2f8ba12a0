package dev.espalier.server.grpc;

import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import dev.espalier.server.work.WorkPool;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// One client connection, as its calls see it: what they share, and where their work beside the event loop is done.
final class GrpcConnection {
    private final BudgetShare heap;
    private final WorkPool.Lane lane;
    private final InternalErrors errors;
    private Executor loop = Runnable::run;

    GrpcConnection(GrpcServices services) {
        heap = new BudgetShare(services.heap());
        lane = services.work().lane();
        errors = services.errors();
    }

    /// Says which loop it lives on, before its first call.
    void livesOn(Executor eventLoop) {
        loop = eventLoop;
    }

    /// What the connection takes of the heap.
    BudgetShare heap() {
        return heap;
    }

    /// Has `work` done by the pool, and then `done` on the loop. Work of one connection is done in order.
    ///
    /// @param size how much it is, as [WorkPool] counts
    /// @throws ServingException OVERLOADED when too much waits already
    <T> void offload(long size, String subject, Work<T> work, Consumer<Outcome<T>> done)
            throws ServingException {
        lane.execute(
                size,
                () -> {
                    Outcome<T> outcome = Outcome.of(work, errors, "grpc", subject);
                    loop.execute(() -> guarded(subject, () -> done.accept(outcome)));
                });
    }

    /// Does a step of one call, which must not throw: whoever calls it serves others, too.
    void guarded(String subject, Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            report(subject, failure);
        }
    }

    void report(String subject, Throwable failure) {
        errors.report("grpc", subject, failure);
    }
}
