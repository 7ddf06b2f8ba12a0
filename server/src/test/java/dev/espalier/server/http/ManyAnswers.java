package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ForwardedResult;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.FairShare;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes one answer several, where a request's id is `many 3`, `many 3 last` (no end follows the third one),
/// `many 3 failed` or `many 3 untellable` (no answer can be ranked): such a request is as of a decoupled model. One whose id
/// is `never` is not answered.
public final class ManyAnswers implements Inferences {
    private static final Pattern MANY = Pattern.compile("many (\\d+)( last| failed| untellable)?");

    private final Inferences inferences;
    private final AtomicInteger unread = new AtomicInteger();

    public ManyAnswers(Inferences inferences) {
        this.inferences = inferences;
    }

    /// How many answers have not been given back.
    public int unread() {
        return unread.get();
    }

    @Override
    public Inference open(InferenceRequest request, Responder responder) throws ServingException {
        Matcher many = MANY.matcher(request.id());
        if (request.id().equals("never")) {
            return new Unanswered(inferences.open(request, responder));
        }
        if (!many.matches()) {
            return inferences.open(request, responder);
        }
        String refusal = responder.refusalOfDecoupled();
        if (refusal != null) {
            throw new ServingException(ErrorCode.UNSUPPORTED, refusal);
        }
        Cancelled cancelled = new Cancelled();
        String end = many.group(2) == null ? "" : many.group(2).strip();
        Inference open =
                inferences.open(
                        request,
                        new Several(responder, cancelled, Integer.parseInt(many.group(1)), end));
        return new Decoupled(open, cancelled);
    }

    private record Unanswered(Inference open) implements Inference {
        @Override
        public ByteBuffer input(int index) throws ServingException {
            return open.input(index);
        }

        @Override
        public void reserve(int index, long bytes) throws ServingException {
            open.reserve(index, bytes);
        }

        @Override
        public boolean isDecoupled() {
            return false;
        }

        @Override
        public void submit() {}

        @Override
        public void cancel() {
            open.cancel();
        }

        @Override
        public void refuse(ServingException reason) {
            open.refuse(reason);
        }
    }

    private static final class Cancelled {
        private boolean yes;
    }

    private record Decoupled(Inference open, Cancelled cancelled) implements Inference {
        @Override
        public ByteBuffer input(int index) throws ServingException {
            return open.input(index);
        }

        @Override
        public void reserve(int index, long bytes) throws ServingException {
            open.reserve(index, bytes);
        }

        @Override
        public boolean isDecoupled() {
            return true;
        }

        @Override
        public void submit() {
            open.submit();
        }

        @Override
        public void cancel() {
            cancelled.yes = true;
            open.cancel();
        }

        @Override
        public void refuse(ServingException reason) {
            cancelled.yes = true;
            open.refuse(reason);
        }
    }

    private final class Several implements Responder {
        private final Responder told;
        private final Cancelled cancelled;
        private final int count;
        private final String end;

        Several(Responder told, Cancelled cancelled, int count, String end) {
            this.told = told;
            this.cancelled = cancelled;
            this.count = count;
            this.end = end;
        }

        @Override
        public List<FairShare> shares() {
            return told.shares();
        }

        @Override
        public void completed(InferenceResult result) {
            AtomicInteger readers = new AtomicInteger(1);
            for (int i = 1; i <= count && !cancelled.yes; i++) {
                readers.incrementAndGet();
                unread.incrementAndGet();
                InferenceResult copy = new Copy(result, readers, end.equals("untellable"));
                if (i == count && end.equals("last")) {
                    told.completed(copy);
                } else {
                    told.answered(copy);
                }
            }
            new Copy(result, readers, false).released();
            if (end.equals("failed") && !cancelled.yes) {
                told.failed(new ServingException(ErrorCode.UNKNOWN, "it fails in the end"));
            } else if (!end.equals("last") && !cancelled.yes) {
                told.finished();
            }
        }

        @Override
        public void failed(ServingException failure) {
            told.failed(failure);
        }
    }

    private final class Copy extends ForwardedResult {
        private final InferenceResult result;
        private final AtomicInteger readers;
        private final boolean untellable;

        Copy(InferenceResult result, AtomicInteger readers, boolean untellable) {
            super(result);
            this.result = result;
            this.readers = readers;
            this.untellable = untellable;
        }

        @Override
        public InferenceResult ranked(BudgetShare heap) throws ServingException {
            if (untellable) {
                throw new ServingException(ErrorCode.INVALID_ARGUMENT, "it has no order");
            }
            return this;
        }

        @Override
        public void release() {
            unread.decrementAndGet();
            released();
        }

        private void released() {
            if (readers.decrementAndGet() == 0) {
                result.release();
            }
        }
    }
}
