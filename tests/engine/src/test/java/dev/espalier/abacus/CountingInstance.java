package dev.espalier.abacus;

import dev.espalier.engine.Answer;
import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.Request;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Counts for each request: X is how many answers, and in which way; Y is the number of the answer, and how many rows the
/// request has.
final class CountingInstance implements DecoupledInstance {
    /// The answers, and then nothing.
    static final int FINISH = 0;

    /// The last answer is the last word.
    static final int SEND_LAST = 1;

    /// As [#FINISH], by a thread of its own.
    static final int LATER = 2;

    /// The answers, and then an error.
    static final int FAIL = 3;

    /// The answers, and then the end of the process.
    static final int DIE = 4;

    /// As many as somebody waits for, by a thread of its own.
    static final int FOR_EVER = 5;

    /// The answers, and an exception from the run.
    static final int THROW = 6;

    @Override
    public void begin(List<Request> requests) throws EngineException {
        for (Request request : requests) {
            begin(request);
        }
    }

    private static void begin(Request request) throws EngineException {
        int way = (int) input(request, 1);
        if (way == LATER || way == FOR_EVER) {
            Thread.ofPlatform().daemon().start(() -> countLater(request, way));
            return;
        }
        count(request, way);
    }

    private static void countLater(Request request, int way) {
        try {
            count(request, way);
        } catch (EngineException failure) {
            request.fail(failure);
        }
    }

    private static void count(Request request, int way) throws EngineException {
        long count = way == FOR_EVER ? Long.MAX_VALUE : (long) input(request, 0);
        for (long i = 0; i < count; i++) {
            Answer answer = answer(request, i);
            if (way == SEND_LAST && i == count - 1) {
                answer.sendLast();
                return;
            }
            if (!answer.send()) {
                break;
            }
        }
        switch (way) {
            case FAIL -> request.fail(new EngineException("the beads are gone"));
            case DIE -> Runtime.getRuntime().halt(3);
            case THROW -> throw new EngineException("the frame is bent");
            default -> request.finish();
        }
    }

    private static float input(Request request, int index) {
        Execution.Tensors inputs = request.inputs();
        return MemorySegment.ofAddress(inputs.address(0))
                .reinterpret(inputs.byteSize(0))
                .getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    private static Answer answer(Request request, long number) throws EngineException {
        Answer answer = request.answer();
        long memory = answer.reserve(8);
        MemorySegment bytes = MemorySegment.ofAddress(memory).reinterpret(8);
        bytes.setAtIndex(ValueLayout.JAVA_FLOAT, 0, number);
        bytes.setAtIndex(ValueLayout.JAVA_FLOAT, 1, request.inputs().byteSize(0) / 8);
        answer.outputs().set(0, DataType.FP32.code(), memory, 8, 1);
        answer.outputs().dimension(0, 0, 2);
        return answer;
    }

    @Override
    public void close() {}
}
