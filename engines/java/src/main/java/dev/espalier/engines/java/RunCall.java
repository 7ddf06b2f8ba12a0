package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

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
import java.nio.charset.StandardCharsets;
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
        long count = count(name, dimensions);
        MemorySegment memory = add(name, type, dimensions, byteSize(name, count, type));
        memory.fill((byte) 0);
        return new SharedTensor(
                name, type, dimensions, count, memory, /* writable= */ true, lifetime);
    }

    @Override
    public Call input(String name, DataType type, MemorySegment content, long... shape) {
        long[] dimensions = shape.clone();
        long count = count(name, dimensions);
        if (type.isFixedSize() && byteSize(name, count, type) != content.byteSize()) {
            throw new IllegalArgumentException(
                    "input '%s': content of %d bytes (expected: %d, as %s of %s has)"
                            .formatted(
                                    name,
                                    content.byteSize(),
                                    byteSize(name, count, type),
                                    Shape.text(dimensions),
                                    type));
        }
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
        if (elements.size() != count(name, dimensions)) {
            throw new IllegalArgumentException(
                    "input '%s': %d elements (expected: %d, as %s has)"
                            .formatted(
                                    name,
                                    elements.size(),
                                    count(name, dimensions),
                                    Shape.text(dimensions)));
        }
        long byteSize = 0;
        for (byte[] element : elements) {
            byteSize += Integer.BYTES + element.length;
        }
        MemorySegment memory = add(name, DataType.BYTES, dimensions, byteSize);
        long at = 0;
        for (byte[] element : elements) {
            memory.set(JAVA_INT_UNALIGNED, at, element.length);
            MemorySegment.copy(element, 0, memory, JAVA_BYTE, at + Integer.BYTES, element.length);
            at += Integer.BYTES + element.length;
        }
        return this;
    }

    @Override
    public Call strings(String name, List<String> elements, long... shape) {
        return bytes(
                name,
                elements.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList(),
                shape);
    }

    private static long count(String name, long[] shape) {
        for (long dimension : shape) {
            if (dimension < 0 || shape.length > Execution.MAX_RANK) {
                throw new IllegalArgumentException(
                        "input '%s' of shape %s (expected: at most %d dimensions from 0 on)"
                                .formatted(name, Shape.text(shape), Execution.MAX_RANK));
            }
        }
        return Shape.elementCount(shape);
    }

    private static long byteSize(String name, long count, DataType type) {
        try {
            return Math.multiplyExact(count, (long) type.elementSize());
        } catch (ArithmeticException _) {
            throw new IllegalArgumentException(
                    "input '%s' of %d elements (expected: as many as fit into memory)"
                            .formatted(name, count));
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
