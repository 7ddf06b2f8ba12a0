package dev.espalier.worker;

import dev.espalier.engine.Answer;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.NoRoomException;
import dev.espalier.link.ResultFrame;
import java.nio.charset.StandardCharsets;

/// An answer while it is written, in memory of its own. Not safe for use by several threads at once.
final class OpenAnswer implements Answer {
    private final OpenRequest request;
    private final OpenExecution execution;
    private final WorkerMemory link;
    private final AnswerMemory.Writer memory;
    private final ResultFrame result;
    private final Execution.Tensors outputs;
    private final int frameBytes;
    private boolean done;

    OpenAnswer(OpenRequest request, OpenExecution execution, WorkerMemory link)
            throws NoRoomException {
        this(request, execution, link, ResultFrame.sizeFor(execution.outputs()));
    }

    private OpenAnswer(
            OpenRequest request, OpenExecution execution, WorkerMemory link, int frameBytes)
            throws NoRoomException {
        this.request = request;
        this.execution = execution;
        this.link = link;
        this.frameBytes = frameBytes;
        memory = link.answers().new Writer();
        result = new ResultFrame(link.out().memory());
        outputs = new Execution.Tensors(execution.outputs());
        if (!memory.begin(frameBytes)) {
            throw new NoRoomException(
                    "no room for an answer in the worker's output memory; try again later or raise --request-memory-mb");
        }
    }

    /// One that is an error, sealed.
    ///
    /// @throws NoRoomException when there is no room for the least of texts
    static OpenAnswer ofFailure(
            OpenRequest request,
            OpenExecution execution,
            WorkerMemory link,
            EngineException failure)
            throws NoRoomException {
        byte[] text = String.valueOf(failure.getMessage()).getBytes(StandardCharsets.UTF_8);
        OpenAnswer answer =
                new OpenAnswer(request, execution, link, ResultFrame.sizeForText(text.length));
        answer.done = true;
        answer.begin();
        answer.result.putError(
                failure instanceof NoRoomException ? ResultFrame.NO_ROOM : ResultFrame.ENGINE_ERROR,
                text);
        answer.result.putFinished(execution.generation(), answer.lease());
        return answer;
    }

    @Override
    public long reserve(long byteSize) throws EngineException {
        checkOpen();
        return memory.reserve(byteSize);
    }

    @Override
    public Execution.Tensors outputs() {
        return outputs;
    }

    @Override
    public boolean send() throws EngineException {
        checkOpen();
        return request.send(this);
    }

    @Override
    public void sendLast() throws EngineException {
        checkOpen();
        request.sendLast(this);
    }

    @Override
    public void abandon() {
        if (!done) {
            done = true;
            memory.abandon();
        }
    }

    // --- for its request

    void checkOpen() {
        if (done) {
            throw new IllegalStateException("the answer has been sent or abandoned");
        }
    }

    /// Writes the frame. The answer is unread from now on, and abandoned when that fails.
    void seal(Unread unread) throws EngineException {
        begin();
        try {
            OutputWriter.write(outputs, result, link.out());
        } catch (EngineException failure) {
            abandon();
            throw failure;
        }
        done = true;
        result.putFinished(execution.generation(), lease());
        memory.owe(unread);
    }

    private void begin() {
        result.begin(block(), frameBytes);
        long now = System.nanoTime();
        result.putTime(0, execution.begun());
        result.putTime(1, execution.begun());
        result.putTime(2, now);
        result.putTime(3, now);
    }

    int block() {
        return memory.block();
    }

    int lease() {
        return memory.lease();
    }

    int length() {
        return result.length();
    }
}
