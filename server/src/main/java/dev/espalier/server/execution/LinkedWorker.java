package dev.espalier.server.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.CancelWords;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.Doorbell;
import dev.espalier.link.Doorbells;
import dev.espalier.link.Handle;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ReleaseRing;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLane;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;
import dev.espalier.server.config.UnreadLimit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One worker process as the event loops see it: its memories, its completion rings, and the table of
/// what it has been given. The table is the server's own; nothing that a worker writes changes it.
public final class LinkedWorker {
    /// How long a death waits for the loops; they take that long only when they have ended.
    private static final long LOOPS_SECONDS = 10;

    /// Completions that a loop takes from one worker before it looks at the others.
    private static final int MOST_A_TURN = 128;

    /// As many turns take all that a ring can hold.
    private static final int LAST_TURNS = LinkLayout.RING_CAPACITY / MOST_A_TURN;

    /// Executions that go on while their instances run others; the other slots are for those that do not.
    private static final int MOST_LASTING = LinkLayout.SLOTS / 2;

    /// What a worker writes into OUT between two looks is not counted yet.
    private static final long UNTOLD_BYTES = 64L << 20;

    private final String name;
    private final LinkedLoops loops;
    private final InputMemory input;
    private final OutMemory out;
    private final CompletionRing[] rings;
    private final AnswerReader[] answers;
    private final StartedExecutions started;
    private final CancelWords cancelled;
    private volatile @Nullable Doorbells doorbells;

    /// What this worker rings the loops by, one a loop, and no other worker holds; none where it rings the
    /// control socket.
    private final List<Doorbell> loopBells;

    private final AtomicReferenceArray<@Nullable ExecutionInFlight> inFlight =
            new AtomicReferenceArray<>(LinkLayout.SLOTS);

    private final AtomicInteger nonsense = new AtomicInteger();
    private final Object slotLock = new Object();
    private final int[] freeSlots = new int[LinkLayout.SLOTS];
    private int freeCount;

    @GuardedBy("slotLock")
    private int lastingCount;

    /// Null where the engine's models call none.
    private volatile @Nullable CallReader calls;

    private final List<Runnable> starved = new ArrayList<>();
    private @Nullable SegmentMapping mapping;

    /// Makes OUT for a new worker on `input`, which must not run anything before [#activate].
    public LinkedWorker(String name, LinkedLoops loops, InputMemory input) throws LinkException {
        this(name, loops, input, UnaryOperator.identity());
    }

    /// @param told what becomes of the words in which an engine says why an execution failed; must not wait
    public LinkedWorker(
            String name, LinkedLoops loops, InputMemory input, UnaryOperator<String> told)
            throws LinkException {
        this.name = name;
        this.loops = loops;
        this.input = input;
        this.loopBells = loops.newDoorbells();
        int count = loops.all().size();
        this.out = memory(input, count, loopBells);
        SharedRegion region = out.region();
        this.started = new StartedExecutions(region);
        rings = new CompletionRing[count];
        answers = new AnswerReader[count];
        for (int i = 0; i < count; i++) {
            rings[i] = new CompletionRing(input.region(), region, i);
            answers[i] = new AnswerReader(name, out, i, told);
        }
        for (int slot = LinkLayout.SLOTS - 1; slot >= 0; slot--) {
            freeSlots[freeCount++] = slot;
        }
        cancelled = new CancelWords(input.region());
        LinkLayout.writeInHeader(
                input.memory(),
                count,
                region.size(),
                input.unread().answers(),
                input.unread().bytes());
    }

    private static OutMemory memory(InputMemory input, int loops, List<Doorbell> loopBells)
            throws LinkException {
        Runnable closeBells = () -> loopBells.forEach(Doorbell::close);
        try {
            return new OutMemory(input, loops, closeBells);
        } catch (LinkException failure) {
            closeBells.run();
            throw failure;
        }
    }

    /// What the worker needs to attach: IN, OUT, and its doorbells where it has some.
    public List<Handle> handles() {
        List<Handle> handles = new ArrayList<>();
        handles.add(input.region().handle());
        handles.add(out.region().handle());
        loopBells.forEach(doorbell -> handles.add(doorbell.handle()));
        return handles;
    }

    public long inSize() {
        return input.region().size();
    }

    public long outSize() {
        return out.region().size();
    }

    /// What IN and OUT take up in the worker: all that it has of IN, and of OUT what is counted or was written a moment
    /// ago.
    public long mappedBytes() {
        return input.segments().mappedBytes() + out.countedBytes() + UNTOLD_BYTES;
    }

    /// Has `process` map the segments of IN that there are and those that come, until its [#die] or
    /// [#discard].
    public void map(SegmentMapping process) {
        mapping = process;
        input.segments().addMapping(process);
    }

    /// Hears calls that its models make to others from now on. Before [#activate], and only for an engine whose models may.
    public void hearCalls(CallReplies replies) {
        calls = new CallReader(input, replies);
    }

    /// Where requests for this worker lie.
    public InputMemory input() {
        return input;
    }

    /// The process at the other end of `control` has attached: checks that it is of the same build.
    ///
    /// @throws LinkException when it is not
    public void attach(ControlSocket control) throws LinkException {
        LinkLayout.checkHeader("OUT", out.memory());
        doorbells = control.serverDoorbells(input.region(), this::wakeLoop);
    }

    private void wakeLoop(int loop) {
        if (loop < rings.length) { // Else an op has scribbled over what the worker rings by.
            loops.all().get(loop).wake();
        }
    }

    /// Makes this the worker of its IN memory, the one before it being dead: empties the lanes and the rings of
    /// releases, and has all loops watch it.
    public void activate() {
        input.clearLanes();
        for (int loop = 0; loop < rings.length; loop++) {
            ReleaseRing.clear(input.region(), loop);
            CompletionRing.clear(input.region(), loop);
        }
        for (LinkedLoop loop : loops.all()) {
            loop.execute(() -> loop.attach(this));
        }
    }

    /// The lane number `lane` of this worker, which has attached, for one model instance.
    public RequestLane lane(int lane) {
        Doorbells attached = doorbells;
        if (attached == null) {
            throw new IllegalStateException("no process has attached to worker " + name);
        }
        input.useLane(lane);
        return new RequestLane(input.region(), out.region(), lane, attached);
    }

    /// A cursor for the frames of requests.
    public RequestFrame requestFrame() {
        return new RequestFrame(input.memory());
    }

    /// What wakes loop number `loop` for this worker; null where that is the control socket.
    @Nullable Doorbell doorbell(int loop) {
        return loopBells.isEmpty() ? null : loopBells.get(loop);
    }

    CancelWords cancelled() {
        return cancelled;
    }

    UnreadLimit unread() {
        return input.unread();
    }

    CompletionRing ring(int loop) {
        return rings[loop];
    }

    /// A free slot, or -1 when there is none; then `retry` runs as soon as there is one.
    ///
    /// @param lasting whether the execution may go on after its instance has gone on to others: such have half of the
    ///     slots at most
    public int takeSlot(boolean lasting, Runnable retry) {
        synchronized (slotLock) {
            if (freeCount == 0 || lasting && lastingCount >= MOST_LASTING) {
                starved.add(retry);
                return -1;
            }
            return freeSlots[--freeCount];
        }
    }

    /// An execution goes on whose instance has gone on to others.
    void lasts() {
        synchronized (slotLock) {
            lastingCount++;
        }
    }

    /// The execution is over for all its loops: its slot is free.
    ///
    /// @param lasted whether it [#lasts]
    void leave(ExecutionInFlight execution, boolean lasted) {
        inFlight.set(execution.slot(), null);
        Runnable[] retries;
        synchronized (slotLock) {
            freeSlots[freeCount++] = execution.slot();
            lastingCount -= lasted ? 1 : 0;
            retries = starved.toArray(new Runnable[0]);
            starved.clear();
        }
        for (Runnable retry : retries) {
            retry.run();
        }
    }

    /// Enters an execution into the table, just before its lane gets it.
    public ExecutionInFlight begin(
            int slot,
            ExecutionInFlight.Completion completion,
            int lane,
            int loopMask,
            int members) {
        ExecutionInFlight execution =
                new ExecutionInFlight(
                        this,
                        completion,
                        slot,
                        input.nextGeneration(slot),
                        lane,
                        loopMask,
                        members);
        inFlight.set(slot, execution);
        return execution;
    }

    /// Hands an execution to its instance; its frame is written.
    public void publish(
            ExecutionInFlight execution, RequestLane lane, int frameLength, int loopMask) {
        lane.publish(execution.slot(), execution.generation(), frameLength, loopMask);
        lane.ring();
    }

    /// Takes what the worker has finished for `loop`, up to what a loop may do for one worker before it looks
    /// at others: the rest makes the ring not empty, so the loop does not sleep. On the loop's thread.
    void drain(LinkedLoop loop) {
        if (take(loop) > 0) {
            rings[loop.index()].tellTaken();
        }
    }

    private int take(LinkedLoop loop) {
        CompletionRing ring = rings[loop.index()];
        AnswerReader reader = answers[loop.index()];
        int taken = 0;
        while (taken < MOST_A_TURN && ring.poll()) {
            taken++;
            int slot = ring.slot();
            ExecutionInFlight execution =
                    slot >= 0 && slot < LinkLayout.SLOTS ? inFlight.get(slot) : null;
            boolean sense = execution != null && execution.generation() == ring.generation();
            if (ring.isCall()) {
                sense = hear(ring, sense ? execution : null, reader, loop);
            } else if (execution != null && sense) {
                sense =
                        ring.member() == LinkLayout.ALL_MEMBERS && !ring.isReturn()
                                ? execution.finish(
                                        () -> reader.read(ring, execution.members()), loop)
                                : execution.tell(ring, reader, loop);
            }
            if (!sense) {
                int _ = nonsense.incrementAndGet(); // Not the server's.
            }
        }
        return taken;
    }

    private boolean hear(
            CompletionRing ring,
            @Nullable ExecutionInFlight execution,
            AnswerReader reader,
            LinkedLoop loop) {
        CallReader allowed = calls;
        if (allowed == null) {
            reader.drop(ring);
            return false;
        }
        return allowed.take(ring, execution, reader, loop);
    }

    /// How many completions there have been of executions that the worker does not have, and others that it cannot mean.
    public int nonsense() {
        return nonsense.get();
    }

    // --- what a watch sees

    /// The first execution that has been running for longer than it may, or null. For one thread.
    public @Nullable Overdue overdue(long now) {
        for (int slot = 0; slot < LinkLayout.SLOTS; slot++) {
            ExecutionInFlight execution = inFlight.get(slot);
            if (execution != null && isStarted(execution) && execution.isOverdue(now)) {
                return new Overdue(execution.lane(), execution.limitMillis());
            }
        }
        return null;
    }

    /// An execution that takes too long.
    public record Overdue(int lane, long limitMillis) {}

    private boolean isStarted(ExecutionInFlight execution) {
        return started.isStarted(execution.slot(), execution.generation());
    }

    /// How often the worker has said that it lives.
    public long heartbeat() {
        return LinkLayout.heartbeat(out.memory());
    }

    /// Tells the worker of memory that it can have back and has not been told of, and counts what it keeps.
    public void tendMemory() {
        out.tend();
    }

    /// Whether the worker takes no memory back.
    public boolean takesNothingBack() {
        return out.isBehind();
    }

    /// Wakes loops that have not been told of what is finished: an op can close the doorbells.
    public void wakeLoops() {
        for (LinkedLoop loop : loops.all()) {
            if (rings[loop.index()].hasNext()) {
                loop.wake();
            }
        }
    }

    // --- the worker's death

    /// The process is gone. Results that it had finished are delivered; the outcome of everything else
    /// that it had been given is that it is lost. Waits until every loop knows.
    ///
    /// @param death how it died, in words
    /// @param blamedLane the lane whose execution is to blame; -1 where that is not known, so that every
    ///     one that was running is
    /// @return the lanes whose executions are blamed
    public Set<Integer> die(String death, int blamedLane) {
        unmap();
        out.end();
        // First all loops take what is finished. Only then is the rest known to be lost: what two
        // loops have requests in can be finished for one and not yet told to the other.
        onEachLoop(loop -> {
            for (int turn = 0; turn < LAST_TURNS; turn++) {
                int _ = take(loop);
            }
            loop.detach(this);
        });
        List<ExecutionInFlight> left = left();
        Set<Integer> blamed = blamedLanes(left, blamedLane);
        AtomicInteger looking = new AtomicInteger(rings.length);
        onEachLoop(loop -> {
            for (ExecutionInFlight execution : left) {
                execution.lose(() -> lost(execution, blamed, death), loop);
            }
            if (looking.decrementAndGet() == 0) {
                out.close();
            }
        });
        return blamed;
    }

    private void onEachLoop(Consumer<LinkedLoop> action) {
        CountDownLatch left = new CountDownLatch(loops.all().size());
        for (LinkedLoop loop : loops.all()) {
            loop.execute(() -> {
                try {
                    action.accept(loop);
                } finally {
                    left.countDown();
                }
            });
        }
        try {
            boolean _ = left.await(LOOPS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ExecutionInFlight> left() {
        List<ExecutionInFlight> left = new ArrayList<>();
        for (int slot = 0; slot < LinkLayout.SLOTS; slot++) {
            ExecutionInFlight execution = inFlight.get(slot);
            if (execution != null) {
                left.add(execution);
            }
        }
        return left;
    }

    private Set<Integer> blamedLanes(List<ExecutionInFlight> left, int blamedLane) {
        Set<Integer> running = new HashSet<>();
        for (ExecutionInFlight execution : left) {
            if (execution.outcome() == null && isStarted(execution)) {
                running.add(execution.lane());
            }
        }
        return running.contains(blamedLane) ? Set.of(blamedLane) : running;
    }

    private ExecutionOutcome lost(ExecutionInFlight execution, Set<Integer> blamed, String death) {
        ExecutionOutcome.Part part = ExecutionOutcome.Part.WAITING;
        if (isStarted(execution)) {
            part =
                    blamed.contains(execution.lane())
                            ? ExecutionOutcome.Part.BLAMED
                            : ExecutionOutcome.Part.INNOCENT;
        }
        return new ExecutionOutcome.Lost(part, death);
    }

    /// Gives the memory of a worker back that has never been activated.
    public void discard() {
        unmap();
        out.end();
        out.close();
    }

    private void unmap() {
        SegmentMapping known = mapping;
        if (known != null) {
            input.segments().removeMapping(known);
        }
    }

    @Override
    public String toString() {
        return "worker " + name;
    }
}
