package dev.espalier.server.execution;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.espalier.link.CallTexts;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.LinkException;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.tensor.DataType;
import org.jspecify.annotations.Nullable;

/// Hears what a worker says of its models' calls: one whose engine's models may make some. Each call is answered, whatever it
/// is, because a thread waits for that. Of a worker of another engine nobody hears any.
final class CallReader {
    private final InputMemory memory;
    private final CallReplies replies;

    CallReader(InputMemory memory, CallReplies replies) {
        this.memory = memory;
        this.replies = replies;
    }

    /// Takes the ring's word of a call, on its loop.
    ///
    /// @param execution of whose requests it is; null where the worker has it no longer
    /// @param answers reads what lies in OUT
    /// @return whether a worker of ours can have said this
    boolean take(
            CompletionRing ring,
            @Nullable ExecutionInFlight execution,
            AnswerReader answers,
            LinkedLoop loop) {
        if (ring.isEmpty()) {
            // What is over for the worker can be over here already.
            return execution == null || execution.callOver(ring.member(), ring.number(), loop);
        }
        ModelCall call;
        try {
            call = read(ring, answers);
        } catch (ServingException failure) {
            replies.tell(ModelCall.failed(ring.number(), failure));
            return false;
        }
        if (execution == null || !execution.called(ring.member(), call, loop)) {
            call.releaseInputs();
            call.fail(
                    new ServingException(
                            ErrorCode.CANCELLED,
                            "nobody waits any more for the request that calls"));
            call.close();
        }
        return true;
    }

    private ModelCall read(CompletionRing ring, AnswerReader answers) throws ServingException {
        ExecutionOutcome outcome = answers.readCall(ring);
        if (outcome instanceof ExecutionOutcome.Failed(ServingException failure)) {
            throw failure;
        }
        ExecutionOutcome.Done said = (ExecutionOutcome.Done) outcome;
        said.answer().begin();
        try {
            return new ModelCall(memory, replies, ring.number(), texts(said), said);
        } catch (LinkException failure) {
            said.answer().release();
            throw answers.nonsense(String.valueOf(failure.getMessage())).failure();
        }
    }

    private static CallTexts texts(ExecutionOutcome.Done said) throws LinkException {
        int outputs = said.outputs().size();
        if (outputs == 0
                || said.outputs().getFirst().type() != DataType.BYTES
                || said.outputs().getFirst().data().byteSize() > CallTexts.MOST_BYTES) {
            throw new LinkException(
                    "a call of %d tensors (expected: its texts first, of at most %d bytes)"
                            .formatted(outputs, CallTexts.MOST_BYTES));
        }
        byte[] copy = said.outputs().getFirst().data().toArray(JAVA_BYTE);
        return CallTexts.decoded(copy, outputs - 1);
    }
}
