package dev.espalier.engines.java;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.engine.CallFailedException;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.OutgoingCall;
import dev.espalier.sdk.Call;
import dev.espalier.sdk.CallAnswer;
import dev.espalier.sdk.CallException;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A call of another model, while it is written.
final class RunCall implements Call {
    private final RunRequest request;
    private final String model;
    private final OutgoingCall call;
    private final Lifetime lifetime =
            new Lifetime("the call has been sent or is over (expected: use of its inputs before)");
    private String version = "";
    private List<String> outputs = List.of();

    @GuardedBy("this")
    private boolean over;

    RunCall(RunRequest request, String model, OutgoingCall call) {
        this.request = request;
        this.model = model;
        this.call = call;
    }

    @Override
    public Tensor input(String name, DataType type, long... shape) {
        long[] dimensions = shape.clone();
        if (!type.isFixedSize()) {
            throw new IllegalArgumentException(
                    "input '%s' of %s (expected: Call.bytes or Call.strings for it)"
                            .formatted(name, type));
        }
        checkShape(name, dimensions);
        long count = Shape.elementCount(dimensions);
        MemorySegment memory =
                add(name, type, dimensions, Contents.byteSize("input", name, count, type));
        memory.fill((byte) 0);
        return new SharedTensor(
                name, type, dimensions, count, memory, /* writable= */ true, lifetime);
    }

    @Override
    public Call input(String name, DataType type, MemorySegment content, long... shape) {
        long[] dimensions = shape.clone();
        checkShape(name, dimensions);
        Contents.check("input", name, type, dimensions, content);
        add(name, type, dimensions, content.byteSize()).copyFrom(content);
        return this;
    }

    /// Without making the tensor's memory known to all threads.
    @Override
    public Call input(String name, Tensor tensor) {
        return tensor instanceof SharedTensor shared
                ? input(name, tensor.type(), shared.read(), tensor.shape())
                : Call.super.input(name, tensor);
    }

    @Override
    public Call bytes(String name, List<byte[]> elements, long... shape) {
        long[] dimensions = shape.clone();
        checkShape(name, dimensions);
        Contents.checkCount("input", name, dimensions, elements);
        Contents.write(
                elements, add(name, DataType.BYTES, dimensions, Contents.byteSize(elements)));
        return this;
    }

    @Override
    public Call strings(String name, List<String> elements, long... shape) {
        return bytes(name, Contents.utf8(elements), shape);
    }

    private static void checkShape(String name, long[] shape) {
        for (long dimension : shape) {
            if (dimension < 0 || shape.length > Execution.MAX_RANK) {
                throw new IllegalArgumentException(
                        "input '%s' of shape %s (expected: at most %d dimensions from 0 on)"
                                .formatted(name, Shape.text(shape), Execution.MAX_RANK));
            }
        }
    }

    /// Adds an input, with memory for it: all of that before the call's end, since what it writes to may be another's
    /// after it.
    private synchronized MemorySegment add(
            String name, DataType type, long[] dimensions, long byteSize) {
        lifetime.check();
        try {
            long address = byteSize == 0 ? 0 : call.reserve(byteSize);
            call.input(name, type.code(), address, byteSize, dimensions);
            return lifetime.memory(address, byteSize);
        } catch (EngineException failure) {
            throw new NoMemoryException(failure);
        }
    }

    @Override
    public Call version(long number) {
        version = Long.toString(number);
        return this;
    }

    @Override
    public Call outputs(String... names) {
        outputs = List.of(names);
        return this;
    }

    @Override
    public CallAnswer send() throws CallException, InterruptedException {
        synchronized (this) {
            lifetime.check();
            lifetime.end();
            over = true;
        }
        try {
            return request.answered(call.send(model, version, outputs));
        } catch (CallFailedException failure) {
            throw new CallException(failure.failure(), String.valueOf(failure.getMessage()));
        } catch (EngineException failure) {
            throw new NoMemoryException(failure);
        } finally {
            request.sent(this);
        }
    }

    /// It is not sent any more, if it has not been.
    synchronized void drop() {
        if (!over) {
            over = true;
            lifetime.end();
            call.abandon();
        }
    }
}
