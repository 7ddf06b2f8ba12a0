package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.work.Outcome;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request of a stream, from its message's first byte until its last answer has left.
final class StreamRequest implements RequestMessage.Owner {
    /// What an answer takes of the heap besides what is written there, and an output of it.
    private static final int ANSWER = 1 << 10;

    private static final int OUTPUT = 256;

    private final StreamCall stream;
    private final RequestMessage message;
    private final @Nullable Arrival arrival;

    /// Where its answer stands among those of the other requests. A decoupled model's stand among each other only.
    private final AnswerLine.Place place;

    private final AnswerLine own;

    /// Whether it has been handed over: what fails from then on has run.
    private boolean taken;

    /// @param coding how its message is compressed; null where it is not
    /// @param length how many bytes that has; `Long.MAX_VALUE` where that is not known
    /// @param arrival what a trace of it begins with; null where none is traced
    StreamRequest(
            StreamCall stream,
            AnswerLine.Place place,
            @Nullable String coding,
            long length,
            @Nullable Arrival arrival) {
        this.stream = stream;
        this.arrival = arrival;
        this.place = place;
        this.own = new AnswerLine(this::next);
        this.message =
                new RequestMessage(
                        stream.services(),
                        stream.connection(),
                        this,
                        StreamCall.SUBJECT,
                        coding,
                        length);
    }

    /// The turn of one of its own answers has come. None follows the last one, whatever has been made of it.
    private void next(StreamAnswer answer) {
        stream.next(answer);
        if (answer.last()) {
            own.close();
        }
    }

    /// The next piece of its message.
    void add(ByteBuffer piece) {
        message.add(piece);
    }

    /// Its message is complete.
    void complete() {
        if (arrival != null) {
            arrival.read();
        }
        message.complete();
        message.finish();
    }

    @Override
    public void guarded(Runnable step) {
        stream.guarded(step);
    }

    @Override
    public void taken() {
        taken = true;
        if (message.isDecoupled()) {
            place.leave();
        }
        stream.taken(this);
    }

    @Override
    public List<FairShare> shares() {
        return stream.connection().tensors();
    }

    @Override
    public @Nullable Arrival arrival() {
        return arrival;
    }

    @Override
    public @Nullable String refusalOfDecoupled() {
        return null;
    }

    /// Where the next answer stands.
    private AnswerLine.Place place() {
        return message.isDecoupled() ? own.place() : place;
    }

    @Override
    public void answered(InferenceResult result) {
        stream.guarded(() -> answer(result, false));
    }

    @Override
    public void finished() {
        stream.guarded(() -> {
            InferUpload.Described asked = message.described();
            place().fill(
                            asked.wantsEnd()
                                    ? StreamAnswer.said(
                                            this,
                                            true,
                                            StreamMessages.end(asked.model(), asked.id()))
                                    : StreamAnswer.silent(this));
        });
    }

    @Override
    public void completed(InferenceResult result) {
        stream.guarded(() -> answer(result, true));
    }

    private void answer(InferenceResult result, boolean last) {
        if (stream.isClosed()) {
            result.release();
            return;
        }
        AnswerLine.Place stand = place();
        CountedPieces packed = new CountedPieces(stream.connection().heap());
        try {
            stream.writer()
                    .write(
                            result,
                            ranked ->
                                    StreamMessages.answer(ranked, last, stream.services().copied()),
                            packed,
                            written ->
                                    stream.guarded(
                                            () -> answer(stand, result, last, packed, written)));
        } catch (ServingException full) {
            result.release();
            failUntold(stand, full);
        }
    }

    private void answer(
            AnswerLine.Place stand,
            InferenceResult result,
            boolean last,
            CountedPieces packed,
            Outcome<AnswerPieces> written) {
        StreamAnswer answer;
        try {
            AnswerPieces message = written.get();
            long counted = heapBytes(message, result);
            stream.connection().heap().take(counted);
            answer = new StreamAnswer(this, last, message, result, packed, null, counted);
        } catch (ServingException unanswerable) {
            result.release();
            packed.giveBack();
            failUntold(stand, unanswerable);
            return;
        }
        if (stream.isClosed()) {
            answer.drop();
        } else {
            stand.fill(answer);
        }
    }

    private long heapBytes(AnswerPieces message, InferenceResult result) {
        long bytes = ANSWER + (long) OUTPUT * result.outputs().size();
        // A compressed message counts already.
        return stream.writer().compresses() ? bytes : bytes + message.writtenBytes();
    }

    /// Gives back what has been counted for an answer.
    void give(long counted) {
        stream.connection().heap().give(counted);
    }

    @Override
    public void failed(ServingException cause) {
        stream.guarded(() -> fail(place(), cause));
    }

    /// An answer cannot be told, which is the last word: a model that went on would fill the heap with such words, for
    /// which no client's reading makes it wait.
    private void failUntold(AnswerLine.Place stand, ServingException cause) {
        message.cancel();
        fail(stand, cause);
    }

    private void fail(AnswerLine.Place stand, ServingException cause) {
        if (stream.isClosed()) {
            return;
        }
        InferUpload.Described asked = message.described();
        if (!taken) {
            AnswerPieces refusal = StreamMessages.refusal(asked.id(), cause.text());
            stand.fill(StreamAnswer.said(this, true, refusal));
        } else if (stream.endsWithErrors()) {
            stand.fill(StreamAnswer.end(this, Failures.status(cause)));
        } else {
            AnswerPieces failure = StreamMessages.failure(asked.model(), asked.id(), cause.text());
            stand.fill(StreamAnswer.said(this, true, failure));
        }
    }

    /// Nobody wants an answer any more.
    void cancel() {
        message.cancel();
        own.close();
    }
}
