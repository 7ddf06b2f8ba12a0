package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.NoRoomException;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.StartedExecutions;
import dev.espalier.tensor.Signature;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One model instance at work: takes executions from its lane, runs them, and tells the loops. Runs on
/// a platform thread of its own.
final class InstanceLoop implements Runnable {
    /// While executions keep coming, a loop waits no longer than this for the news of a finished one.
    private static final long RING_AFTER_NANOS = 20_000;

    /// How long a loop that waits for its service takes to notice that it shall stop.
    private static final long STOP_MILLIS = 100;

    private final ModelInstance instance;
    private final RequestLaneReader lane;
    private final CompletionWriter completions;
    private final AnswerMemory.Writer memory;
    private final StartedExecutions started;
    private final RequestFrame request;
    private final ResultFrame result;
    private final int frameBytes;
    private final Execution execution;
    private final MappedSegments segments;
    private final long outAddress;
    private final CountDownLatch serving;
    private volatile boolean stopped;

    /// @param serving opens when the loop may look at its lane
    InstanceLoop(
            ModelInstance instance,
            Signature signature,
            RequestLaneReader lane,
            CompletionWriter completions,
            AnswerMemory.Writer memory,
            MappedSegments segments,
            SharedRegion in,
            SharedRegion out,
            CountDownLatch serving) {
        this.instance = instance;
        this.serving = serving;
        this.lane = lane;
        this.completions = completions;
        this.memory = memory;
        this.started = new StartedExecutions(out);
        this.request = new RequestFrame(in.memory());
        this.result = new ResultFrame(out.memory());
        this.frameBytes = ResultFrame.sizeFor(signature.outputs().size());
        this.execution =
                new Execution(signature.inputs().size(), signature.outputs().size(), memory);
        this.segments = segments;
        this.outAddress = out.address();
    }

    /// Makes the loop end after the execution that it is at. One that is just falling asleep misses this: the caller
    /// says it again until the thread has ended.
    void stop() {
        stopped = true;
        lane.rouse();
    }

    /// The name of the thread that runs an instance: the server finds the lane in a crash report.
    static String threadName(String model, int lane) {
        return "%s (lane %d)".formatted(model, lane);
    }

    @Override
    public void run() {
        try (instance) {
            awaitService();
            while (!stopped) {
                if (!drain()) {
                    lane.sleep();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitService() throws InterruptedException {
        while (!stopped && !serving.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
            // A standby can be told to unload a model that it has never served.
        }
    }

    /// Runs what lies in the lane. Whether there was anything.
    private boolean drain() {
        int owed = 0;
        long owedSince = 0;
        while (lane.poll()) {
            long finished = execute();
            if (owed == 0) {
                owedSince = finished;
            }
            owed |= lane.loopMask();
            if (finished - owedSince > RING_AFTER_NANOS) {
                completions.ring(owed);
                owed = 0;
            }
        }
        if (owed == 0) {
            return false;
        }
        completions.ring(owed);
        return true;
    }

    private long execute() {
        int slot = lane.slot();
        long begun = System.nanoTime();
        started.put(slot, lane.generation());
        boolean answered = memory.begin(frameBytes);
        if (answered) {
            result.begin(memory.block(), frameBytes);
            result.putTime(0, begun);
            answered = run(slot, begun);
        }
        long finished = System.nanoTime();
        int block = LinkLayout.NO_BLOCK;
        int lease = 0;
        int length = 0;
        if (answered) {
            block = memory.block();
            lease = memory.lease();
            length = result.length();
            result.putTime(3, finished);
            result.putFinished(lane.generation(), lease);
        }
        for (int mask = lane.loopMask(); mask != 0; mask &= mask - 1) {
            int loop = Integer.numberOfTrailingZeros(mask);
            completions.complete(loop, slot, lane.generation(), block, lease, length);
        }
        return finished;
    }

    /// Runs the model, and writes its answer, which may be an error.
    ///
    /// @return false when there is no room for that
    private boolean run(int slot, long begun) {
        try {
            prepare(slot);
            result.putTime(1, System.nanoTime());
            instance.run(execution);
            result.putTime(2, System.nanoTime());
            publishOutputs();
            return true;
        } catch (NoRoomException failure) {
            return fail(begun, ResultFrame.NO_ROOM, String.valueOf(failure.getMessage()));
        } catch (EngineException | LinkException failure) {
            return fail(begun, ResultFrame.ENGINE_ERROR, String.valueOf(failure.getMessage()));
        } catch (RuntimeException | OutOfMemoryError failure) {
            return fail(begun, ResultFrame.ENGINE_ERROR, "the worker failed: " + failure);
        }
    }

    private void prepare(int slot) throws LinkException {
        request.read(slot, lane.frameLength());
        execution.clear();
        for (int i = 0; i < request.wantedCount(); i++) {
            execution.request(request.wanted(i));
        }
        Execution.Tensors inputs = execution.inputs();
        for (int i = 0; i < request.inputCount(); i++) {
            request.nextInput();
            int index = request.inputIndex();
            inputs.set(
                    index,
                    request.typeCode(),
                    segments.locate(request.address(), request.byteSize()),
                    request.byteSize(),
                    request.rank());
            for (int axis = 0; axis < request.rank(); axis++) {
                inputs.dimension(index, axis, request.dimension(axis));
            }
        }
    }

    private void publishOutputs() throws EngineException {
        Execution.Tensors outputs = execution.outputs();
        for (int index = 0; index < outputs.count(); index++) {
            if (!outputs.isPresent(index)) {
                continue;
            }
            int rank = outputs.rank(index);
            long size = outputs.byteSize(index);
            long offset = size == 0 ? 0 : outputs.address(index) - outAddress;
            if (!result.putOutput(index, outputs.typeCode(index), rank, offset, size)) {
                throw new EngineException(
                        "the model has more outputs than a result can describe; ask for fewer of them");
            }
            for (int axis = 0; axis < rank; axis++) {
                result.putDimension(outputs.dimension(index, axis));
            }
        }
    }

    /// Makes the answer an error, in place of what it has so far.
    private boolean fail(long begun, int kind, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        int size = ResultFrame.sizeForText(text.length);
        memory.abandon();
        if (!memory.begin(size)) {
            size = frameBytes;
            if (!memory.begin(size)) {
                return false;
            }
        }
        result.begin(memory.block(), size);
        result.putTime(0, begun);
        long now = System.nanoTime();
        result.putTime(1, now);
        result.putTime(2, now);
        result.putError(kind, text);
        return true;
    }
}
