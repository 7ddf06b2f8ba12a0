package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.work.Outcome;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request of a stream, from its message's first byte until its last answer has left.
final class StreamRequest implements RequestMessage.Owner {
    private final StreamCall stream;
    private final RequestMessage message;

    /// Where its answer stands among those of the other requests.
    private final AnswerLine.Place place;

    /// Whether it has been handed over: what fails from then on has run.
    private boolean taken;

    /// @param coding how its message is compressed; null where it is not
    /// @param length how many bytes that has; `Long.MAX_VALUE` where that is not known
    StreamRequest(StreamCall stream, AnswerLine.Place place, @Nullable String coding, long length) {
        this.stream = stream;
        this.place = place;
        this.message =
                new RequestMessage(
                        stream.services(),
                        stream.connection(),
                        this,
                        StreamCall.SUBJECT,
                        coding,
                        length);
    }

    /// The next piece of its message.
    void add(ByteBuffer piece) {
        message.add(piece);
    }

    /// Its message is complete.
    void complete() {
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
        stream.taken(this);
    }

    @Override
    public List<FairShare> shares() {
        return stream.connection().tensors();
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
        CountedPieces packed = new CountedPieces(stream.connection().heap());
        try {
            stream.writer()
                    .write(
                            result,
                            ranked ->
                                    StreamMessages.answer(ranked, last, stream.services().copied()),
                            packed,
                            written -> stream.guarded(() -> answer(result, last, packed, written)));
        } catch (ServingException full) {
            result.release();
            fail(full, last);
        }
    }

    private void answer(
            InferenceResult result,
            boolean last,
            CountedPieces packed,
            Outcome<AnswerPieces> written) {
        StreamAnswer answer;
        try {
            answer = new StreamAnswer(this, last, written.get(), result, packed, null);
        } catch (ServingException unanswerable) {
            result.release();
            packed.giveBack();
            fail(unanswerable, last);
            return;
        }
        if (stream.isClosed()) {
            answer.drop();
        } else {
            place.fill(answer);
        }
    }

    @Override
    public void failed(ServingException cause) {
        stream.guarded(() -> fail(cause, true));
    }

    private void fail(ServingException cause, boolean last) {
        if (stream.isClosed()) {
            return;
        }
        if (!taken) {
            place.fill(
                    StreamAnswer.said(
                            this, true, StreamMessages.refusal(message.id(), cause.text())));
        } else if (stream.endsWithErrors()) {
            place.fill(StreamAnswer.end(this, Failures.status(cause)));
        } else {
            place.fill(
                    StreamAnswer.said(
                            this,
                            last,
                            StreamMessages.failure(
                                    message.model(), message.id(), last, cause.text())));
        }
    }

    /// Nobody wants an answer any more.
    void cancel() {
        message.cancel();
    }
}
