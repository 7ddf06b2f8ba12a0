package dev.espalier.worker;

import dev.espalier.engine.Answer;
import dev.espalier.engine.Calls;
import dev.espalier.engine.Execution;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.tensor.Signature;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// An execution whose requests are answered each for itself, as the server knows it. Safe for use by several threads.
final class OpenExecution {
    private final WorkerMemory link;
    private final RequestLaneReader lane;
    private final Thread thread = Thread.currentThread();
    private final Signature signature;
    private final int slot;
    private final int generation;
    private final int loopMask;
    private final long begun = System.nanoTime();
    private final AtomicInteger open = new AtomicInteger();

    /// How long other requests have waited behind it; the instance's thread's own.
    private long heldUp;

    /// The lane's current execution, on the instance's thread.
    OpenExecution(WorkerMemory link, Signature signature, RequestLaneReader lane) {
        this.link = link;
        this.lane = lane;
        this.signature = signature;
        this.slot = lane.slot();
        this.generation = lane.generation();
        this.loopMask = lane.loopMask();
    }

    /// One more request.
    ///
    /// @param loop which of the server's loops it lives on
    OpenRequest request(int member, int loop, BitSet wanted) {
        open.incrementAndGet();
        Execution.Tensors inputs = new Execution.Tensors(signature.inputs().size());
        return new OpenRequest(this, link, member, loop, inputs, wanted);
    }

    /// A request has had its last word.
    void ended() {
        open.decrementAndGet();
    }

    /// The instance goes on to the next execution.
    void returned() {
        int loop = Integer.numberOfTrailingZeros(loopMask);
        tell(
                loop,
                LinkLayout.NO_BLOCK,
                0,
                0,
                LinkLayout.ALL_MEMBERS,
                CompletionWriter.RETURN | CompletionWriter.EMPTY,
                0);
    }

    /// Tells the server, and wakes the loop.
    void tell(int loop, int block, int lease, int length, int member, int words, int number) {
        link.completions()
                .tell(loop, slot, generation, block, lease, length, member, words, number);
        link.completions().ring(1 << loop);
    }

    boolean isCancelled(int member) {
        return link.cancelled().isCancelled(slot, generation, member);
    }

    Calls calls(int member, int loop) {
        return new RequestCalls(link, slot, generation, member, loop);
    }

    /// The calling thread has waited for a client for so long.
    ///
    /// @return whether other requests of the instance have waited behind it for longer than they may
    boolean holdsUpOthers(long nanos) {
        if (Thread.currentThread() != thread || open.get() <= 1 && !lane.hasNext()) {
            return false;
        }
        heldUp += nanos;
        return heldUp > TimeUnit.MILLISECONDS.toNanos(Answer.MOST_HOLD_MILLIS);
    }

    int generation() {
        return generation;
    }

    /// How many outputs the model has.
    int outputs() {
        return signature.outputs().size();
    }

    /// When the execution began, on the machine's monotonic clock.
    long begun() {
        return begun;
    }
}
