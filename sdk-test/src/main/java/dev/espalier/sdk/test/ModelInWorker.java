package dev.espalier.sdk.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.ModelSource;
import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ReleaseRing;
import dev.espalier.link.RequestLane;
import dev.espalier.link.ResultFrame;
import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A model that has been loaded into a worker's process. One thread hears what the worker says on the control socket, one
/// what it answers.
final class ModelInWorker extends RunningModel {
    private static final int MODEL = 0;
    private static final int LANE = 0;
    private static final int LOOP = 0;
    private static final long LOOK_NANOS = 100_000_000;

    private final WorkerProcess process;
    private final Path folder;
    private final Signature signature;
    private final RequestLane lane;
    private final ReleaseRing releases;
    private final BlockAllocator blocks;
    private final Thread answers;
    private final Thread listener;
    private final CountDownLatch unloaded = new CountDownLatch(1);
    private volatile boolean closed;

    /// By their slots.
    @GuardedBy("this")
    private final Map<Integer, RunInWorker> runs = new HashMap<>();

    @GuardedBy("this")
    private int lastGeneration;

    /// How the process has ended; empty while it lives.
    @GuardedBy("this")
    private String end = "";

    private ModelInWorker(WorkerProcess process, Path folder, Signature signature) {
        this.process = process;
        this.folder = folder;
        this.signature = signature;
        this.releases = new ReleaseRing(process.in(), process.out(), LOOP);
        this.blocks = new BlockAllocator(process.in(), LinkLayout.BLOCKS);
        this.answers =
                Thread.ofPlatform().name("answers of a worker").daemon().unstarted(this::take);
        this.lane =
                new RequestLane(
                        process.in(),
                        process.out(),
                        LANE,
                        process.socket()
                                .serverDoorbells(process.in(), _ -> LockSupport.unpark(answers)));
        this.listener =
                Thread.ofPlatform().name("news of a worker").daemon().unstarted(this::listen);
    }

    /// @throws EngineException when there is no such process, or it cannot load the model; the folder stays then
    static ModelInWorker start(ModelSource source, Path folder) throws EngineException {
        WorkerProcess process = WorkerProcess.start(HeapSize.megabytes(source.parameters()));
        try {
            ModelInWorker model = new ModelInWorker(process, folder, load(process, source));
            model.answers.start();
            model.listener.start();
            return model;
        } catch (IOException failure) {
            String reason = process.howEnded();
            process.close();
            throw new EngineException(reason, failure);
        } catch (EngineException | RuntimeException | Error failure) {
            process.close();
            throw failure;
        }
    }

    private static Signature load(WorkerProcess process, ModelSource source)
            throws IOException, EngineException {
        ControlSocket socket = process.socket();
        if (!(next(socket) instanceof ControlMessage.Attached)) {
            throw new LinkException("the worker has not begun with Attached");
        }
        LinkLayout.checkHeader("OUT", process.out().memory());
        socket.send(
                new ControlMessage.Load(
                                MODEL,
                                source.name(),
                                source.file().toString(),
                                source.opLibraries().stream().map(Path::toString).toList(),
                                source.parameters(),
                                source.declared(),
                                source.settings(),
                                LANE,
                                1)
                        .encoded());
        socket.send(new ControlMessage.Serve().encoded());
        return switch (next(socket)) {
            case ControlMessage.Loaded loaded -> loaded.signature();
            case ControlMessage.LoadFailed failed -> throw new EngineException(failed.reason());
            default -> throw new LinkException("no answer to Load");
        };
    }

    private static ControlMessage next(ControlSocket socket) throws IOException {
        return ControlMessage.decoded(socket.receive().bytes());
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public List<Reply> askTogether(List<List<Input>> requests) throws InterruptedException {
        List<List<Input>> ordered = new ArrayList<>();
        for (List<Input> each : requests) {
            List<Input> inputs = GivenInputs.inOrder(signature, each);
            if (!ordered.isEmpty() && !GivenInputs.join(ordered.getFirst(), inputs)) {
                throw new IllegalArgumentException(
                        "inputs %s and %s in one run (expected: the same shapes but for the batch)"
                                .formatted(ordered.getFirst(), inputs));
            }
            ordered.add(inputs);
        }
        return replies(begin(ordered));
    }

    private synchronized List<CompletableFuture<Reply>> begin(List<List<Input>> requests)
            throws InterruptedException {
        awaitLane();
        RunInWorker run =
                new RunInWorker(freeSlot(), ++lastGeneration, signature, requests, blocks);
        if (end.isEmpty()) {
            int length = run.describe(process.in());
            runs.put(run.slot(), run);
            lane.publish(run.slot(), run.generation(), length, 1 << LOOP);
            lane.ring();
        } else {
            run.fail(end);
        }
        return run.replies();
    }

    /// What is more than a lane holds waits here.
    @GuardedBy("this")
    private void awaitLane() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (end.isEmpty() && inLane() >= LinkLayout.LANE_CAPACITY) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(
                        "the model has not returned from one of the %d runs before this within %d s"
                                .formatted(LinkLayout.LANE_CAPACITY, PATIENCE.toSeconds()));
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    @GuardedBy("this")
    private long inLane() {
        return runs.values().stream().filter(run -> !run.hasReturned()).count();
    }

    @GuardedBy("this")
    private int freeSlot() {
        if (runs.size() >= LinkLayout.SLOTS) {
            throw new IllegalStateException(
                    "%d runs wait for their last words (expected: fewer than %d before another is asked for)"
                            .formatted(runs.size(), LinkLayout.SLOTS));
        }
        int slot = 0;
        while (runs.containsKey(slot)) {
            slot++;
        }
        return slot;
    }

    // --- what the worker answers

    private void take() {
        CompletionRing ring = new CompletionRing(process.in(), process.out(), LOOP);
        ResultFrame result = new ResultFrame(process.out().memory());
        try {
            while (!closed) {
                while (ring.poll()) {
                    take(ring, result);
                }
                ring.tellTaken();
                ring.beginSleep();
                if (!ring.hasNext()) {
                    LockSupport.parkNanos(this, LOOK_NANOS);
                }
                ring.endSleep();
            }
        } catch (Throwable failure) {
            fail("the worker's answers cannot be read: " + failure);
            process.socket().shutdown();
        }
    }

    private synchronized void take(CompletionRing ring, ResultFrame result) throws LinkException {
        RunInWorker run = runs.get(ring.slot());
        if (ring.isCall()) {
            refuse(ring);
        } else if (run != null && run.generation() == ring.generation()) {
            if (run.take(ring, result, process.out().memory())) {
                runs.remove(ring.slot());
            }
            notifyAll();
        }
        if (ring.block() != LinkLayout.NO_BLOCK) {
            boolean _ = releases.release(ring.block(), ring.lease());
        }
    }

    private void refuse(CompletionRing call) {
        if (call.isEmpty()) {
            return;
        }
        try {
            process.socket()
                    .send(
                            new ControlMessage.CallFailed(
                                            call.number(),
                                            CallFailure.UNAVAILABLE,
                                            "there is no server here whose models can be called")
                                    .encoded());
        } catch (LinkException gone) {
            // The listener has the news.
        }
    }

    // --- what it says of itself

    private void listen() {
        try {
            while (true) {
                if (next(process.socket()) instanceof ControlMessage.Unloaded) {
                    unloaded.countDown();
                }
            }
        } catch (LinkException | RuntimeException | Error failure) {
            fail("what the worker says cannot be read: " + failure);
            process.socket().shutdown();
        } catch (IOException gone) {
            fail(closed ? "the model has been closed" : process.howEnded());
        }
        unloaded.countDown();
    }

    /// Nothing is answered any more.
    private synchronized void fail(String how) {
        if (end.isEmpty()) {
            end = how;
        }
        for (RunInWorker run : runs.values()) {
            run.fail(how);
        }
        runs.clear();
        notifyAll();
    }

    @Override
    public void close() {
        try {
            process.socket().send(new ControlMessage.Unload(MODEL).encoded());
            boolean _ = unloaded.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (LinkException gone) {
            // It has ended, and the model with it.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            LockSupport.unpark(answers);
            process.socket().shutdown();
            awaitEnd(answers, listener);
            process.close();
            remove(folder);
        }
    }

    /// Waits for threads that look at memory which is unmapped next: whatever comes, not before they have ended.
    private static void awaitEnd(Thread... threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
