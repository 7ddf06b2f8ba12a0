package dev.espalier.server.inference;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.regions.RegionRange;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.work.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request with tensors in regions of its client's, which stay open until its last word. Lives on the request's event
/// loop, which never waits for a region's file: what is read and written there, others read and write.
///
/// It stands between the protocol and the inference: for the one it is the [Inference], for the other the
/// [Responder].
final class RegionInference implements Inference, Responder {
    private final InferenceRequest request;
    private final Responder responder;
    private final RegionCopies copies;
    private final List<RegionRange> held = new ArrayList<>(2);
    private @Nullable Inference inference;
    private boolean reading;
    private boolean cancelled;

    RegionInference(InferenceRequest request, Responder responder, RegionCopies copies) {
        this.request = request;
        this.responder = responder;
        this.copies = copies;
    }

    /// Opens the request, before anything else is called.
    ///
    /// @throws ServingException as [Inferences#open], and where a region has gone; then nothing has changed
    void openWith(Inferences inferences) throws ServingException {
        boolean opened = false;
        try {
            for (RegionRange range : request.ranges()) {
                range.hold();
                held.add(range);
            }
            inference = inferences.open(request, this);
            opened = true;
        } finally {
            if (!opened) {
                letGo();
            }
        }
    }

    private Inference inference() {
        Inference opened = inference;
        if (opened == null) {
            throw new IllegalStateException("the request has not been opened");
        }
        return opened;
    }

    private void letGo() {
        held.forEach(RegionRange::letGo);
        held.clear();
    }

    // --- what the protocol calls

    @Override
    public ByteBuffer input(int index) throws ServingException {
        return inference().input(index);
    }

    @Override
    public void reserve(int index, long bytes) throws ServingException {
        inference().reserve(index, bytes);
    }

    @Override
    public boolean isDecoupled() {
        return inference().isDecoupled();
    }

    /// The place of an input in IN, and where its bytes are now.
    private record Arriving(int index, ByteBuffer place, RegionRange source) {}

    @Override
    public void submit() {
        try {
            List<Arriving> inputs = arriving();
            if (inputs.isEmpty()) {
                inference().submit();
                return;
            }
            long bytes = inputs.stream().mapToLong(input -> input.place().remaining()).sum();
            copies.copy(bytes, () -> read(inputs), this::submit);
            reading = true;
        } catch (ServingException failure) {
            fail(failure);
        }
    }

    private List<Arriving> arriving() throws ServingException {
        List<Arriving> inputs = new ArrayList<>(request.inputs().size());
        for (int i = 0; i < request.inputs().size(); i++) {
            RegionRange source = request.inputs().get(i).source();
            if (source != null) {
                inputs.add(new Arriving(i, inference().input(i), source));
            }
        }
        return inputs;
    }

    /// Not on the loop.
    private boolean read(List<Arriving> inputs) throws ServingException {
        for (Arriving input : inputs) {
            inference().reserve(input.index(), input.place().remaining());
            input.source().read(input.place());
        }
        return true;
    }

    private void submit(Outcome<Boolean> read) {
        reading = false;
        if (cancelled) {
            giveUp();
            return;
        }
        try {
            boolean _ = read.get();
            inference().submit();
        } catch (ServingException failure) {
            fail(failure);
        }
    }

    @Override
    public void refuse(ServingException reason) {
        if (!reading) {
            inference().refuse(reason);
        }
        cancel();
    }

    @Override
    public void cancel() {
        cancelled = true;
        // Until its inputs have been read, its memory is being written.
        if (!reading) {
            giveUp();
        }
    }

    /// Nobody wants an answer any more.
    private void giveUp() {
        inference().cancel();
        copies.drop();
        if (!copies.isUnderWay()) {
            letGo();
        }
    }

    // --- what comes of it

    @Override
    public List<FairShare> shares() {
        return responder.shares();
    }

    @Override
    public @Nullable Arrival arrival() {
        return responder.arrival();
    }

    @Override
    public @Nullable String refusalOfDecoupled() {
        return responder.refusalOfDecoupled();
    }

    @Override
    public void answered(InferenceResult result) {
        copies.inOrder(() -> answer(result, false));
    }

    @Override
    public void completed(InferenceResult result) {
        copies.inOrder(() -> answer(result, true));
    }

    @Override
    public void finished() {
        copies.inOrder(() -> end(responder::finished));
    }

    @Override
    public void failed(ServingException failure) {
        copies.inOrder(() -> end(() -> responder.failed(failure)));
    }

    /// Says the last word, unless nobody wants it.
    private void end(Runnable word) {
        if (!cancelled) {
            letGo();
            word.run();
        }
    }

    /// The request has failed here, whatever becomes of the inference.
    private void fail(ServingException failure) {
        inference().refuse(failure);
        end(() -> responder.failed(failure));
        cancelled = true;
    }

    private void answer(InferenceResult result, boolean last) {
        if (cancelled) {
            result.release();
            return;
        }
        RegionResult written = RegionResult.of(result, request);
        try {
            written.checkSizes();
            if (written.bytes() == 0) {
                answer(written, last);
            } else {
                copies.copy(
                        written.bytes(),
                        () -> {
                            written.write();
                            return written;
                        },
                        outcome -> answer(result, outcome, last));
            }
        } catch (ServingException failure) {
            result.release();
            fail(failure);
        }
    }

    private void answer(InferenceResult result, Outcome<RegionResult> outcome, boolean last) {
        if (cancelled) {
            result.release();
            letGo();
            return;
        }
        try {
            answer(outcome.get(), last);
        } catch (ServingException failure) {
            result.release();
            fail(failure);
        }
    }

    private void answer(RegionResult result, boolean last) {
        if (last) {
            end(() -> responder.completed(result));
        } else {
            responder.answered(result);
        }
    }
}
