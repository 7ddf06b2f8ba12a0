package dev.espalier.server.execution;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ResultFrame;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads what the completions for one loop bring. Used by that loop only.
final class AnswerReader {
    private final String worker;
    private final OutMemory memory;
    private final int loop;
    private final ResultFrame cursor;
    private final UnaryOperator<String> told;

    /// @param worker the worker's name, for messages
    /// @param told what becomes of an engine's words
    AnswerReader(String worker, OutMemory memory, int loop, UnaryOperator<String> told) {
        this.worker = worker;
        this.memory = memory;
        this.loop = loop;
        this.told = told;
        this.cursor = new ResultFrame(memory.memory());
    }

    /// How the execution has ended that the ring's completion names. An answer that is none for anybody is given
    /// back at once; the others have their answer's memory until they release it.
    ///
    /// @param readers how many will release the answer
    ExecutionOutcome read(CompletionRing completion, int readers) {
        if (completion.number() != 0 || !completion.isLast() || completion.isEmpty()) {
            drop(completion);
            return nonsense(
                    "answer %d for all requests (expected: their only one)"
                            .formatted(completion.number()));
        }
        return read(completion, readers, null);
    }

    /// One of a request's own answers, which the ring's completion brings.
    ///
    /// @param unread counts those that have not been released
    ExecutionOutcome readOwn(CompletionRing completion, AtomicInteger unread) {
        return read(completion, 1, unread);
    }

    /// A call of another model, which the ring's completion brings: the texts, then the inputs.
    ExecutionOutcome readCall(CompletionRing completion) {
        return read(completion, 1, null);
    }

    /// Gives an answer back that is for nobody.
    void drop(CompletionRing completion) {
        if (completion.block() != LinkLayout.NO_BLOCK) {
            memory.release(loop, completion.block(), completion.lease());
        }
    }

    /// What becomes of a request of which the worker says what cannot be.
    ExecutionOutcome.Failed nonsense(String what) {
        return failed(
                ErrorCode.INTERNAL,
                "worker %s gave a result that cannot be read: %s".formatted(worker, what));
    }

    private ExecutionOutcome read(
            CompletionRing completion, int readers, @Nullable AtomicInteger unread) {
        if (completion.block() == LinkLayout.NO_BLOCK) {
            return failed(
                    ErrorCode.OVERLOADED,
                    "worker %s has no room for an answer in its output memory; try again later or raise --request-memory-mb"
                            .formatted(worker));
        }
        ExecutionOutcome outcome;
        try {
            outcome = outcome(completion, readers, unread);
        } catch (LinkException failure) {
            outcome = nonsense(String.valueOf(failure.getMessage()));
        } catch (OutOfMemoryError failure) {
            // The execution is over for this loop, whatever comes of reading it.
            outcome =
                    failed(
                            ErrorCode.INTERNAL,
                            "worker %s gave a result for which the server has no memory: %s"
                                    .formatted(worker, failure.getMessage()));
        }
        if (!(outcome instanceof ExecutionOutcome.Done)) {
            drop(completion);
        }
        return outcome;
    }

    private ExecutionOutcome outcome(
            CompletionRing completion, int readers, @Nullable AtomicInteger unread)
            throws LinkException {
        ResultFrame frame = cursor.read(completion.block(), completion.frameLength());
        ExecutionOutcome outcome =
                frame.isError() ? failed(frame) : done(frame, completion, readers, unread);
        if (!frame.isFinished(completion.generation(), completion.lease())) {
            throw new LinkException("somebody else has written into its memory");
        }
        return outcome;
    }

    private ExecutionOutcome failed(ResultFrame frame) {
        return failed(
                frame.isNoRoom() ? ErrorCode.OVERLOADED : ErrorCode.INTERNAL,
                told.apply(frame.errorText()));
    }

    private static ExecutionOutcome.Failed failed(ErrorCode code, String text) {
        return new ExecutionOutcome.Failed(new ServingException(code, text));
    }

    private ExecutionOutcome done(
            ResultFrame frame,
            CompletionRing completion,
            int readers,
            @Nullable AtomicInteger unread)
            throws LinkException {
        int count = frame.outputCount();
        ExecutionOutcome.Output[] outputs = new ExecutionOutcome.Output[count];
        long bytes =
                Math.max(
                        LinkLayout.LEAST_ANSWER,
                        BlockAllocator.pageBytes(ResultFrame.sizeFor(count)));
        for (int i = 0; i < count; i++) {
            frame.nextOutput();
            MemorySegment data = MemorySegment.NULL;
            if (frame.byteSize() > 0) {
                data = memory.memory().asSlice(frame.offset(), frame.byteSize()).asReadOnly();
                bytes += BlockAllocator.pageBytes(frame.byteSize());
            }
            outputs[i] =
                    new ExecutionOutcome.Output(
                            frame.outputIndex(), frame.type(), frame.shape(), data);
        }
        Answer answer =
                new Answer(
                        memory,
                        loop,
                        completion.block(),
                        completion.lease(),
                        bytes,
                        readers,
                        unread);
        return new ExecutionOutcome.Done(
                answer,
                frame.time(0),
                frame.time(1),
                frame.time(2),
                frame.time(3),
                List.of(outputs));
    }
}
