package dev.espalier.server.execution;

import dev.espalier.link.CallTexts;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.ControlMessage.CallOutput;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.CountedShares;
import dev.espalier.server.memory.FairShare;
import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A call that a model in a worker makes to another one: what it says, where it lies in OUT, and the way back for what comes
/// of it. Nothing of it is believed that has not been checked, but what is copied can change while it is.
///
/// Used by its request's loop, or by one thread that works for that.
public final class ModelCall {
    /// The most of a failure's words that is told: many of them may wait for a worker that does not read, whose own words
    /// they can be.
    private static final int LONGEST_WORDS = 2048;

    private final InputMemory memory;
    private final CallReplies replies;
    private final int number;
    private final CallTexts texts;
    private final ExecutionOutcome.Done said;

    /// The blocks of IN that its answer lies in.
    private final List<Long> blocks = new ArrayList<>();

    private final List<CallOutput> outputs = new ArrayList<>();
    private CountedShares shares = new CountedShares(List.of());

    /// @param number by which the worker knows it
    /// @param said the texts, and the inputs after them
    ModelCall(
            InputMemory memory,
            CallReplies replies,
            int number,
            CallTexts texts,
            ExecutionOutcome.Done said) {
        this.memory = memory;
        this.replies = replies;
        this.number = number;
        this.texts = texts;
        this.said = said;
        memory.hold();
    }

    public int number() {
        return number;
    }

    public CallTexts texts() {
        return texts;
    }

    /// Its inputs, in the order of their names.
    public List<ExecutionOutcome.Output> inputs() {
        return said.outputs().subList(1, said.outputs().size());
    }

    /// Gives the memory of its inputs back, which have been copied or never will be. Once.
    public void releaseInputs() {
        said.answer().release();
    }

    /// Has its answer's memory count in these shares too. Before there is one.
    public void countIn(List<FairShare> counted) {
        shares = new CountedShares(counted);
    }

    // --- what comes of it

    /// Memory for one output of its answer, in IN.
    ///
    /// @return all of its bytes, to be written
    /// @throws ServingException OVERLOADED when there is none
    public ByteBuffer addOutput(String name, DataType type, long[] shape, long byteSize)
            throws ServingException {
        TensorSpec tensor = TensorSpec.of(name, type, shape);
        if (byteSize == 0) {
            outputs.add(new CallOutput(tensor, 0, 0));
            return ByteBuffer.allocate(0);
        }
        long block = memory.allocate(byteSize, byteSize);
        blocks.add(block);
        if (InputMemory.isCounted(block)) {
            shares.take(byteSize, !memory.areThere(block, byteSize));
        }
        memory.makePages(block, byteSize);
        outputs.add(new CallOutput(tensor, block, byteSize));
        return memory.view(block, byteSize);
    }

    /// Tells the worker of the answer, whose outputs have been written.
    public void answer() {
        replies.tell(new ControlMessage.CallAnswered(number, outputs));
    }

    /// Tells the worker that it has come to nothing.
    public void fail(ServingException failure) {
        replies.tell(failed(number, failure));
    }

    static ControlMessage failed(int number, ServingException failure) {
        String text = failure.text();
        return new ControlMessage.CallFailed(
                number,
                kind(failure.code()),
                text.length() <= LONGEST_WORDS ? text : text.substring(0, LONGEST_WORDS) + "...");
    }

    private static CallFailure kind(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, UNSUPPORTED, ALREADY_EXISTS, UNKNOWN -> CallFailure.REFUSED;
            case NOT_FOUND -> CallFailure.NOT_FOUND;
            case UNAVAILABLE -> CallFailure.UNAVAILABLE;
            case OVERLOADED -> CallFailure.BUSY;
            case CANCELLED, TOO_SLOW -> CallFailure.CANCELLED;
            case INTERNAL -> CallFailure.FAILED;
        };
    }

    /// Nothing of it is needed any more: gives the memory of its answer back. Once.
    public void close() {
        blocks.forEach(memory::free);
        blocks.clear();
        shares.giveBack();
        memory.close();
    }
}
