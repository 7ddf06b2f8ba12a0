package dev.espalier.worker;

import dev.espalier.engine.Calls;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import dev.espalier.engine.NoRoomException;
import dev.espalier.engine.Surroundings;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.link.ResultFrame;
import dev.espalier.tensor.Signature;
import java.nio.charset.StandardCharsets;

/// Runs a [ModelInstance]: each execution has one answer, for all its requests.
final class PlainWork implements LaneWork {
    private final ModelInstance instance;
    private final WorkerMemory link;
    private final AnswerMemory.Writer memory;
    private final ExecutionReader reader;
    private final ResultFrame result;
    private final int frameBytes;
    private final Execution execution;

    // Of what runs. Threads that the run has to do with see it; the server knows what others make
    // of it for none of its own.
    private int slot;
    private int generation;
    private int members;

    /// On which its first request lives.
    private int loop;

    PlainWork(ModelInstance instance, Signature signature, WorkerMemory link) {
        this.instance = instance;
        this.link = link;
        this.memory = link.answers().new Writer();
        this.reader = new ExecutionReader(link);
        this.result = new ResultFrame(link.out().memory());
        this.frameBytes = ResultFrame.sizeFor(signature.outputs().size());
        this.execution =
                new Execution(signature.inputs().size(), signature.outputs().size(), new Current());
    }

    /// What the execution that runs has of the link.
    private final class Current implements Surroundings {
        @Override
        public long reserve(long byteSize) throws EngineException {
            return memory.reserve(byteSize);
        }

        @Override
        public boolean isCancelled() {
            for (int member = 0; member < members; member++) {
                if (!link.cancelled().isCancelled(slot, generation, member)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Calls calls() {
            return members == 1 ? new RequestCalls(link, slot, generation, 0, loop) : Calls.NONE;
        }
    }

    @Override
    public void close() {
        instance.close();
    }

    @Override
    public long execute(RequestLaneReader lane) {
        long begun = System.nanoTime();
        link.started().put(lane.slot(), lane.generation());
        boolean answered = memory.begin(frameBytes);
        if (answered) {
            result.begin(memory.block(), frameBytes);
            result.putTime(0, begun);
            answered = run(lane, begun);
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
            int told = Integer.numberOfTrailingZeros(mask);
            link.completions().complete(told, lane.slot(), lane.generation(), block, lease, length);
        }
        return finished;
    }

    /// Runs the model, and writes its answer, which may be an error.
    ///
    /// @return false when there is no room for that
    private boolean run(RequestLaneReader lane, long begun) {
        try {
            prepare(lane);
            result.putTime(1, System.nanoTime());
            instance.run(execution);
            result.putTime(2, System.nanoTime());
            OutputWriter.write(execution.outputs(), result, link.out());
            return true;
        } catch (NoRoomException failure) {
            return fail(begun, ResultFrame.NO_ROOM, String.valueOf(failure.getMessage()));
        } catch (EngineException | LinkException failure) {
            return fail(begun, ResultFrame.ENGINE_ERROR, String.valueOf(failure.getMessage()));
        } catch (RuntimeException | OutOfMemoryError failure) {
            return fail(begun, ResultFrame.ENGINE_ERROR, "the worker failed: " + failure);
        }
    }

    private void prepare(RequestLaneReader lane) throws LinkException {
        RequestFrame frame = reader.read(lane);
        slot = lane.slot();
        generation = lane.generation();
        members = Math.max(1, frame.memberCount());
        loop = Integer.numberOfTrailingZeros(lane.loopMask());
        execution.clear();
        for (int i = 0; i < frame.wantedCount(); i++) {
            execution.request(frame.wanted(i));
        }
        reader.readInputs(execution.inputs());
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
