package dev.espalier.worker;

import dev.espalier.engine.CallFailedException;
import dev.espalier.engine.CallResult;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.NoRoomException;
import dev.espalier.engine.OutgoingCall;
import dev.espalier.link.CallTexts;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.LinkException;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.ResultFrame;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A call while it is written, in memory of its own. Not safe for use by several threads at once.
final class OpenCall implements OutgoingCall {
    /// Inputs that it has room for whatever their ranks are; of usual ones it holds three times as many.
    private static final int INPUTS = 32;

    private final RequestCalls request;
    private final WorkerMemory link;
    private final AnswerMemory.Writer memory;
    private final List<Input> inputs = new ArrayList<>();
    private boolean done;

    @SuppressWarnings("ArrayRecordComponent")
    private record Input(String name, int typeCode, long address, long byteSize, long[] shape) {}

    OpenCall(RequestCalls request, WorkerMemory link) throws NoRoomException {
        this.request = request;
        this.link = link;
        this.memory = link.answers().new Writer();
        if (!memory.begin(ResultFrame.sizeFor(INPUTS))) {
            throw new NoRoomException(
                    "no room for a call in the worker's output memory; try again later or raise --request-memory-mb");
        }
    }

    @Override
    public long reserve(long byteSize) throws EngineException {
        checkOpen();
        return memory.reserve(byteSize);
    }

    @Override
    public void input(String name, int typeCode, long address, long byteSize, long[] shape) {
        checkOpen();
        inputs.add(new Input(name, typeCode, address, byteSize, shape));
    }

    @Override
    public CallResult send(String model, String version, List<String> outputs)
            throws CallFailedException, EngineException, InterruptedException {
        checkOpen();
        int length;
        try {
            length =
                    seal(
                            new CallTexts(
                                    model,
                                    version,
                                    inputs.stream().map(Input::name).toList(),
                                    outputs));
        } catch (EngineException failure) {
            abandon();
            throw failure;
        }
        done = true;
        CallTable.Waiting call = link.calls().begin();
        request.tell(call.number(), memory.block(), memory.lease(), length);
        try {
            return result(call.number(), call.await());
        } catch (InterruptedException interrupted) {
            request.tellOver(call.number());
            throw interrupted;
        }
    }

    /// Writes the frame.
    ///
    /// @return its length
    private int seal(CallTexts texts) throws EngineException {
        byte[] encoded = texts.encoded();
        if (encoded.length > CallTexts.MOST_BYTES) {
            throw new EngineException(
                    "the names of a call take up %d bytes (expected: at most %d)"
                            .formatted(encoded.length, CallTexts.MOST_BYTES));
        }
        long at = memory.reserve(encoded.length) - link.out().address();
        MemorySegment.copy(
                MemorySegment.ofArray(encoded), 0, link.out().memory(), at, encoded.length);
        ResultFrame frame = new ResultFrame(link.out().memory());
        frame.begin(memory.block(), ResultFrame.sizeFor(INPUTS));
        put(
                frame,
                0,
                new Input(
                        "",
                        DataType.BYTES.code(),
                        link.out().address() + at,
                        encoded.length,
                        new long[] {texts.count()}));
        for (int i = 0; i < inputs.size(); i++) {
            put(frame, i + 1, inputs.get(i));
        }
        frame.putFinished(request.generation(), memory.lease());
        return frame.length();
    }

    private void put(ResultFrame frame, int index, Input input) throws EngineException {
        long offset = input.byteSize == 0 ? 0 : input.address - link.out().address();
        if (!frame.putOutput(index, input.typeCode, input.shape.length, offset, input.byteSize)) {
            throw new EngineException(
                    "%d inputs are more than a call can describe".formatted(inputs.size()));
        }
        for (long dimension : input.shape) {
            frame.putDimension(dimension);
        }
    }

    private CallResult result(int call, ControlMessage message)
            throws CallFailedException, EngineException {
        return switch (message) {
            case ControlMessage.CallFailed failed ->
                    throw new CallFailedException(failed.failure(), failed.reason());
            case ControlMessage.CallAnswered answered -> {
                try {
                    yield new Result(request, call, located(answered.outputs(), link.inputs()));
                } catch (LinkException failure) {
                    request.tellOver(call);
                    throw new EngineException("the answer of a call cannot be read", failure);
                }
            }
            default -> throw new IllegalStateException("no answer to a call: " + message);
        };
    }

    private static List<CallResult.Output> located(
            List<ControlMessage.CallOutput> outputs, MappedSegments segments) throws LinkException {
        List<CallResult.Output> located = new ArrayList<>();
        for (ControlMessage.CallOutput output : outputs) {
            long address =
                    output.byteSize() == 0
                            ? 0
                            : segments.locate(output.address(), output.byteSize());
            located.add(new CallResult.Output(output.tensor(), address, output.byteSize()));
        }
        return List.copyOf(located);
    }

    private record Result(RequestCalls request, int call, List<Output> outputs)
            implements CallResult {
        @Override
        public void close() {
            request.tellOver(call);
        }
    }

    @Override
    public void abandon() {
        if (!done) {
            done = true;
            memory.abandon();
        }
    }

    private void checkOpen() {
        if (done) {
            throw new IllegalStateException("the call has been sent or abandoned");
        }
    }
}
