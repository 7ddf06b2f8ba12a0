package dev.espalier.server.repository;

import dev.espalier.server.execution.LinkedLoop;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// One run of a sample: a request as any other, which takes the way of all requests and whose client is the server.
final class WarmUpRequest implements Responder {
    /// The same in each run, so that what happens once happens again.
    private static final long SEED = 1;

    private static final int PIECE = 256 << 10;

    private final Inferences inferences;
    private final LinkedLoop loop;
    private final WarmUpSample sample;
    private final InferenceRequest request;
    private final CompletableFuture<InferenceResult> answer = new CompletableFuture<>();

    WarmUpRequest(Inferences inferences, LinkedLoop loop, ServedModel model, WarmUpSample sample) {
        this.inferences = inferences;
        this.loop = loop;
        this.sample = sample;
        this.request =
                new InferenceRequest(
                        model.name(),
                        model.version(),
                        "",
                        sample.inputs().stream().map(WarmUpSample.Input::request).toList(),
                        List.of(),
                        0,
                        0);
    }

    /// Sends the request and waits for the answer, which nobody looks at.
    ///
    /// @throws ServingException when it is refused or fails
    void run() throws ServingException, InterruptedException {
        Inference open = onLoop(() -> inferences.open(request, this));
        try {
            List<ByteBuffer> places = onLoop(() -> places(open));
            for (int i = 0; i < places.size(); i++) {
                fill(open, i, places.get(i));
            }
        } catch (ServingException failure) {
            loop.execute(open::cancel);
            throw failure;
        }
        loop.execute(open::submit);
        await(answer).release();
    }

    private List<ByteBuffer> places(Inference open) throws ServingException {
        List<ByteBuffer> places = new ArrayList<>();
        for (int i = 0; i < sample.inputs().size(); i++) {
            places.add(open.input(i));
        }
        return places;
    }

    /// Not on the loop: there may be much of it.
    private void fill(Inference open, int index, ByteBuffer place) throws ServingException {
        WarmUpSample.Input input = sample.inputs().get(index);
        boolean truth = input.request().datatype().equals(DataType.BOOL.name());
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] piece = new byte[Math.min(PIECE, place.remaining())];
        int row = 0;
        while (place.hasRemaining()) {
            int length = Math.min(piece.length, place.remaining());
            switch (input.fill()) {
                case ZERO -> {}
                case RANDOM -> random(random, piece, truth);
                case FILE -> {
                    for (int i = 0; i < length; i++) {
                        piece[i] = input.row()[row];
                        row = (row + 1) % input.row().length;
                    }
                }
            }
            open.reserve(index, place.position() + (long) length);
            place.put(piece, 0, length);
        }
    }

    private static void random(SplittableRandom random, byte[] piece, boolean truth) {
        random.nextBytes(piece);
        for (int i = 0; truth && i < piece.length; i++) {
            piece[i] &= 1;
        }
    }

    /// What the loop is to do.
    private interface Step<T> {
        T run() throws ServingException;
    }

    private <T> T onLoop(Step<T> step) throws ServingException, InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(step.run());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        return await(result);
    }

    private static <T> T await(CompletableFuture<T> future)
            throws ServingException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof ServingException refusal
                    ? refusal
                    : new ServingException(
                            ErrorCode.INTERNAL, String.valueOf(failure.getCause()), failure);
        }
    }

    @Override
    public void completed(InferenceResult result) {
        answer.complete(result);
    }

    @Override
    public void failed(ServingException failure) {
        answer.completeExceptionally(failure);
    }
}
