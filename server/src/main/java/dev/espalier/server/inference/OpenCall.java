package dev.espalier.server.inference;

import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.execution.ModelCall;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call of a model to another one: a request like any other, whose client is a worker. Its inputs are copied from that
/// one's OUT to the IN of the model that is called, and what is answered from the OUT of that model to the caller's IN, because
/// neither worker may see the other's memory.
///
/// On the loop of the request that it is made for, where it stays.
final class OpenCall implements Responder {
    /// Copied on the loop; what is more, by another thread.
    private static final long SMALL = 64 << 10;

    /// Bytes that are copied in the time of one unit of work.
    private static final long COPIES_A_UNIT = 64;

    private static final int PIECE = 256 << 10;

    private final ModelCall call;
    private final OpenCalls all;
    private final LinkedLoop loop;
    private final List<FairShare> shares;
    private final ModelCalls means;
    private final InternalErrors errors;
    private @Nullable Inference inference;

    /// Whether another thread reads or writes memory of the call's.
    private boolean copying;

    /// Whether its answer lies in the caller's IN.
    private boolean answered;

    /// Whether nobody waits for it any more.
    private boolean gone;

    /// @param shares what the request that it is made for counts in, besides its model's
    OpenCall(
            ModelCall call,
            OpenCalls all,
            LinkedLoop loop,
            List<FairShare> shares,
            ModelCalls means,
            InternalErrors errors) {
        this.call = call;
        this.all = all;
        this.loop = loop;
        this.shares = shares;
        this.means = means;
        this.errors = errors;
        call.countIn(shares);
    }

    /// What a call's inputs are called and how large they are.
    static List<InferenceRequest.Input> inputs(ModelCall call) {
        List<InferenceRequest.Input> inputs = new ArrayList<>();
        for (int i = 0; i < call.inputs().size(); i++) {
            ExecutionOutcome.Output input = call.inputs().get(i);
            inputs.add(
                    new InferenceRequest.Input(
                            call.texts().inputs().get(i),
                            input.type().name(),
                            input.shape(),
                            input.data().byteSize()));
        }
        return inputs;
    }

    // --- there

    void begin(InferenceService service, InferenceRequest request, PendingInference caller) {
        long bytes = request.inputs().stream().mapToLong(InferenceRequest.Input::byteSize).sum();
        try {
            List<ByteBuffer> places = outcome(() -> places(service, request, caller)).get();
            means.copies().in(bytes);
            beside(bytes, () -> fill(places), this::filled);
        } catch (ServingException refused) {
            giveUp();
            call.releaseInputs();
            fail(refused);
        }
    }

    private List<ByteBuffer> places(
            InferenceService service, InferenceRequest request, PendingInference caller)
            throws ServingException {
        Inference opened = service.open(request, this, caller);
        inference = opened;
        List<ByteBuffer> places = new ArrayList<>();
        for (int i = 0; i < request.inputs().size(); i++) {
            places.add(opened.input(i));
        }
        return places;
    }

    private Boolean fill(List<ByteBuffer> places) throws ServingException {
        for (int i = 0; i < places.size(); i++) {
            ByteBuffer place = places.get(i);
            ByteBuffer said = bytes(call.inputs().get(i));
            while (said.hasRemaining()) {
                int length = Math.min(PIECE, said.remaining());
                open().reserve(i, said.position() + (long) length);
                place.put(said.slice(said.position(), length));
                said.position(said.position() + length);
            }
        }
        return true;
    }

    private static ByteBuffer bytes(ExecutionOutcome.Output input) {
        return input.data().byteSize() == 0 ? ByteBuffer.allocate(0) : input.data().asByteBuffer();
    }

    private void filled(Outcome<Boolean> outcome) {
        call.releaseInputs();
        if (gone) {
            giveUp();
            call.close();
            return;
        }
        try {
            boolean _ = outcome.get();
            open().submit();
        } catch (ServingException failure) {
            giveUp();
            fail(failure);
        }
    }

    private Inference open() {
        Inference opened = inference;
        if (opened == null) {
            throw new IllegalStateException("a call that has not been opened");
        }
        return opened;
    }

    private void giveUp() {
        if (inference != null) {
            inference.cancel();
        }
    }

    // --- and back

    @Override
    public void completed(InferenceResult result) {
        long bytes = 0;
        for (InferenceResult.Output output : result.outputs()) {
            bytes += output.data().remaining();
        }
        means.copies().out(bytes);
        beside(
                bytes,
                () -> copy(result),
                outcome -> {
                    result.release();
                    copied(outcome);
                });
    }

    private Boolean copy(InferenceResult result) throws ServingException {
        for (InferenceResult.Output output : result.outputs()) {
            ByteBuffer place =
                    call.addOutput(
                            output.name(),
                            output.datatype(),
                            output.shape(),
                            output.data().remaining());
            place.put(output.data().duplicate());
        }
        return true;
    }

    private void copied(Outcome<Boolean> outcome) {
        if (gone) {
            call.close();
            return;
        }
        try {
            boolean _ = outcome.get();
            answered = true;
            call.answer();
        } catch (ServingException failure) {
            fail(failure);
        }
    }

    @Override
    public void failed(ServingException failure) {
        fail(failure);
    }

    /// A client has no more room for what models call on its behalf.
    @Override
    public List<FairShare> shares() {
        return shares;
    }

    @Override
    public String refusalOfDecoupled() {
        return "model '%s' is decoupled, and a call has one answer (expected: another model)"
                .formatted(call.texts().model());
    }

    /// Its end, where it comes to nothing.
    private void fail(ServingException failure) {
        all.failed(call);
        call.fail(failure);
        call.close();
    }

    // --- before its end

    /// Nobody waits for its answer any more. One that is there can still be read.
    void cancel() {
        if (answered || gone) {
            return;
        }
        gone = true;
        all.failed(call);
        call.fail(ServingException.cancelled());
        if (!copying) {
            giveUp();
            call.close();
        }
    }

    /// Nobody reads its answer any more, either.
    void end() {
        if (answered) {
            call.close();
        } else {
            cancel();
        }
    }

    // --- copies

    /// Does work of so many bytes, here or on another thread, and then goes on here.
    private void beside(long bytes, Work<Boolean> work, Consumer<Outcome<Boolean>> done) {
        if (bytes <= SMALL) {
            done.accept(outcome(work));
            return;
        }
        copying = true;
        try {
            means.work()
                    .execute(
                            bytes / COPIES_A_UNIT,
                            () -> {
                                Outcome<Boolean> outcome = outcome(work);
                                loop.execute(() -> handBack(outcome, done));
                            });
        } catch (ServingException full) {
            handBack(Outcome.failed(full), done);
        }
    }

    private void handBack(Outcome<Boolean> outcome, Consumer<Outcome<Boolean>> done) {
        copying = false;
        try {
            done.accept(outcome);
        } catch (Throwable failure) {
            errors.report("call", call.texts().model(), failure);
        }
    }

    private <T> Outcome<T> outcome(Work<T> work) {
        return Outcome.of(work, errors, "call", call.texts().model());
    }
}
