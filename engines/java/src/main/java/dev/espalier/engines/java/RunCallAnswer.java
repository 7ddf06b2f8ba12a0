package dev.espalier.engines.java;

import dev.espalier.engine.CallResult;
import dev.espalier.sdk.CallAnswer;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.Shape;
import java.util.List;

/// What a call has been answered with.
final class RunCallAnswer implements CallAnswer {
    private final RunRequest request;
    private final CallResult result;
    private final Lifetime lifetime =
            new Lifetime(
                    "the call's answer has been closed, or its request has had its last word (expected: use of it before)");

    RunCallAnswer(RunRequest request, CallResult result) {
        this.request = request;
        this.result = result;
    }

    @Override
    public List<String> names() {
        return result.outputs().stream().map(output -> output.tensor().name()).toList();
    }

    @Override
    public Tensor output(String name) {
        lifetime.check();
        for (CallResult.Output output : result.outputs()) {
            if (output.tensor().name().equals(name)) {
                long[] shape =
                        output.tensor().dimensions().stream().mapToLong(Long::longValue).toArray();
                return new SharedTensor(
                        name,
                        output.tensor().type(),
                        shape,
                        Shape.elementCount(shape),
                        lifetime.memory(output.address(), output.byteSize()),
                        /* writable= */ false,
                        lifetime);
            }
        }
        throw new IllegalArgumentException(
                "output '%s' is not in the call's answer (expected: %s)"
                        .formatted(name, String.join(", ", names())));
    }

    @Override
    public void close() {
        request.close(this);
    }

    /// Nothing of it is read any more.
    void end() {
        lifetime.end();
    }

    CallResult result() {
        return result;
    }
}
