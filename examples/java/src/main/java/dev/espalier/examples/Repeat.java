package dev.espalier.examples;

import dev.espalier.sdk.Answer;
import dev.espalier.sdk.Answers;
import dev.espalier.sdk.Model;
import dev.espalier.sdk.Request;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Answers once for each element of `IN`, having waited as many milliseconds as `DELAY` says for it, and takes the next
/// request `WAIT` milliseconds after it has begun with one: a decoupled model, whose answers come from threads of its own.
///
/// Takes and gives what Triton's backend `repeat` does.
public final class Repeat implements Model {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @Override
    public Signature signature() {
        return new Signature(
                List.of(
                        TensorSpec.of("IN", DataType.INT32, -1),
                        TensorSpec.of("DELAY", DataType.UINT32, -1),
                        TensorSpec.of("WAIT", DataType.UINT32, 1)),
                List.of(
                        TensorSpec.of("OUT", DataType.INT32, 1),
                        TensorSpec.of("IDX", DataType.UINT32, 1)));
    }

    @Override
    public void run(List<Request> requests, Answers answers) throws InterruptedException {
        for (Request request : requests) {
            // Its inputs go with its last word.
            int[] values = request.input("IN").ints().toArray();
            long[] delays = request.input("DELAY").longs().toArray();
            long wait = request.input("WAIT").longs().get(0);
            if (delays.length != values.length) {
                answers.fail(
                        request,
                        "DELAY has %d elements (expected: %d, as IN has)"
                                .formatted(delays.length, values.length));
                continue;
            }
            threads.execute(() -> answer(request, answers, values, delays));
            Thread.sleep(wait);
        }
    }

    private static void answer(Request request, Answers answers, int[] values, long[] delays) {
        for (int i = 0; i < values.length; i++) {
            try {
                Thread.sleep(delays[i]);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
            Answer answer = answers.to(request);
            answer.output("OUT", 1).ints().set(0, values[i]);
            answer.output("IDX", 1).longs().set(0, i);
            if (!answer.send()) {
                break;
            }
        }
        answers.end(request);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
