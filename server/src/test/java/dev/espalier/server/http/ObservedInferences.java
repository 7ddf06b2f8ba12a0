package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Inference;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.inference.Responder;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// Counts how far requests have come, so that a test can wait for it.
public final class ObservedInferences implements Inferences {
    private final Inferences inferences;
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger submitted = new AtomicInteger();

    ObservedInferences(Inferences inferences) {
        this.inferences = inferences;
    }

    /// Waits until so many requests have got their places.
    public void awaitOpened(int count) {
        await(() -> opened.get() >= count);
    }

    /// Waits until so many requests are in line, or with an instance.
    public void awaitSubmitted(int count) {
        await(() -> submitted.get() >= count);
    }

    public static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("what the test waits for does not happen");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public Inference open(InferenceRequest request, Responder responder) throws ServingException {
        Inference inference = inferences.open(request, responder);
        opened.incrementAndGet();
        return new Inference() {
            @Override
            public ByteBuffer input(int index) throws ServingException {
                return inference.input(index);
            }

            @Override
            public void reserve(int index, long bytes) throws ServingException {
                inference.reserve(index, bytes);
            }

            @Override
            public boolean isDecoupled() {
                return inference.isDecoupled();
            }

            @Override
            public void submit() {
                inference.submit();
                submitted.incrementAndGet();
            }

            @Override
            public void cancel() {
                inference.cancel();
            }

            @Override
            public void refuse(ServingException reason) {
                inference.refuse(reason);
            }
        };
    }
}
