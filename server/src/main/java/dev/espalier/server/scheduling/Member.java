package dev.espalier.server.scheduling;

import dev.espalier.server.execution.ExecutionInFlight;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request in the care of a [ModelScheduler]: a place in a [Strip], and a state that only the
/// scheduler changes, under its lock.
public abstract class Member {
    /// Where a request stands.
    enum State {
        /// Its place is reserved, its bytes are arriving.
        UPLOADING,
        /// It waits for an instance.
        WAITING,
        /// An instance has it.
        RUNNING,
        /// It is running, but nobody wants the answer any more.
        ABANDONED,
        /// It has been answered, or given up.
        GONE
    }

    private final LinkedLoop loop;
    private final Placement placement;
    private final long timeoutMicros;
    private final long openedAt = System.nanoTime();

    State state = State.UPLOADING;

    /// How often it has been handed to another worker, its own having died.
    int handOvers;

    /// Whether it has been started by a worker that died, so that this is its second run.
    boolean secondRun;

    /// Whether it runs by itself from now on: one of its batch may have ended a worker.
    boolean alone;

    @Nullable Strip strip;
    int firstRow;
    long[] offsets = {};
    @Nullable MemberPages pages;
    long waitingSince;

    /// What it runs in, and as which of its requests; null while it does not.
    @Nullable ExecutionInFlight execution;

    int index;

    /// How many answers of its own it has had.
    int answers;

    /// What ends its waiting; null where nothing does. The loop's own.
    private @Nullable Future<?> expiry;

    /// @param timeoutMicros the request's own limit of the time it waits; 0 for none
    protected Member(LinkedLoop loop, Placement placement, long timeoutMicros) {
        this.loop = loop;
        this.placement = placement;
        this.timeoutMicros = timeoutMicros;
    }

    /// The execution is done, and has one answer for its whole batch; rows `firstRow` to `firstRow + rows` of each output are this request's.
    /// Whoever is called must call [Answer#release] once. On the request's loop.
    protected abstract void completed(ExecutionOutcome.Done outcome, int batchRows, int row);

    /// The request has an answer of its own. Whoever is called must call [Answer#release] once. On the request's loop.
    ///
    /// @param last whether it is the request's last
    protected void answered(ExecutionOutcome.Done answer, boolean last) {
        throw new IllegalStateException("an answer for one request (expected: one for its batch)");
    }

    /// The request has no more answers than those that it has got. On the request's loop.
    protected void finished() {
        throw new IllegalStateException("no answer (expected: one for the batch)");
    }

    /// The request failed, after any number of answers. On the request's loop.
    protected abstract void failed(ServingException failure);

    /// Its model calls another one. On the request's loop.
    protected void called(ModelCall call) {
        call.releaseInputs();
        call.fail(new ServingException(ErrorCode.UNSUPPORTED, "this request can make no calls"));
        call.close();
    }

    /// A call of its model is over for that one. On the request's loop.
    protected void callOver(int number) {
        // It has none.
    }

    /// Nobody waits for what its model has called any more; that one can still read what there is. On the request's loop.
    protected void cancelCalls() {
        // It has none.
    }

    /// Its model has said its last word, or its worker is gone: nobody reads anything any more. On the request's loop.
    protected void endCalls() {
        // It has none.
    }

    /// How messages about it begin.
    protected String label() {
        return "";
    }

    /// What the memory for the request's tensors counts in, besides its model's share.
    protected List<FairShare> shares() {
        return List.of();
    }

    /// The same, and its model's.
    List<FairShare> sharesWith(FairShare model) {
        List<FairShare> known = shares();
        if (known.isEmpty()) {
            return List.of(model);
        }
        List<FairShare> all = new ArrayList<>(known.size() + 1);
        all.add(model);
        all.addAll(known);
        return all;
    }

    /// The loop that the request lives on.
    public LinkedLoop loop() {
        return loop;
    }

    public Placement placement() {
        return placement;
    }

    /// Runs `action` on the loop after so many microseconds, in place of what was to run before, unless the request
    /// is over by then. On the loop.
    void expireIn(long micros, Runnable action) {
        neverExpire();
        expiry = loop.eventLoop().schedule(action, micros, TimeUnit.MICROSECONDS);
    }

    /// The request no longer waits: the loop forgets it. On the loop.
    void neverExpire() {
        Future<?> known = expiry;
        if (known != null) {
            boolean _ = known.cancel(false);
            expiry = null;
        }
    }

    long timeoutMicros() {
        return timeoutMicros;
    }

    /// When the request was opened, on the machine's monotonic clock.
    protected final long openedAt() {
        return openedAt;
    }

    /// The memory of the input at `position` of the placement.
    protected ByteBuffer view(int position) {
        Strip place = strip;
        if (place == null) {
            throw noPlace();
        }
        return place.view(offsets[position], placement.byteSizes()[position]);
    }

    /// Makes sure that the first `bytes` of the input at `position` can be written.
    ///
    /// @throws ServingException OVERLOADED when there is no room for them
    protected void makePages(int position, long bytes) throws ServingException {
        MemberPages known = pages;
        if (known == null) {
            throw noPlace();
        }
        known.make(position, bytes);
    }

    private static IllegalStateException noPlace() {
        return new IllegalStateException("the request has no place yet");
    }
}
