package dev.espalier.server.grpc;

import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import dev.espalier.server.work.WorkPool;
import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client connection, as its calls see it: what they share, and where their work beside the event loop is done.
final class GrpcConnection {
    private final ClientMemory clients;
    private final WorkPool.Lane lane;
    private final InternalErrors errors;
    private Executor loop = Runnable::run;
    private ClientMemory.@Nullable Connection memory;

    GrpcConnection(GrpcServices services) {
        clients = services.memory();
        lane = services.work().lane();
        errors = services.errors();
    }

    /// Says where it lives, before its first call.
    void livesOn(Channel channel) {
        ClientMemory.Connection connected = clients.connected(channel.remoteAddress());
        livesOn(channel.eventLoop(), connected);
        var _ = channel.closeFuture().addListener(_ -> connected.close());
    }

    /// @param eventLoop runs what its calls do
    /// @param counted what it takes up
    void livesOn(Executor eventLoop, ClientMemory.Connection counted) {
        loop = eventLoop;
        memory = counted;
    }

    private ClientMemory.Connection memory() {
        ClientMemory.Connection connected = memory;
        if (connected == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return connected;
    }

    /// What the connection takes of the heap.
    BudgetShare heap() {
        return memory().heap();
    }

    /// What the tensors of its calls count in.
    List<FairShare> tensors() {
        return memory().tensors();
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
                    Outcome<T> outcome = outcome(subject, work);
                    loop.execute(() -> guarded(subject, () -> done.accept(outcome)));
                });
    }

    /// Does `work` here.
    <T> Outcome<T> outcome(String subject, Work<T> work) {
        return Outcome.of(work, errors, "grpc", subject);
    }

    /// Runs `step` on the loop, behind what it has to do already.
    void later(String subject, Runnable step) {
        loop.execute(() -> guarded(subject, step));
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
