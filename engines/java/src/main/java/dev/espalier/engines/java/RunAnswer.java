package dev.espalier.engines.java;

import dev.espalier.engine.Answer;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.Request;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An answer that is being written.
final class RunAnswer implements dev.espalier.sdk.Answer {
    private final RunRequest request;
    private final Answer answer;
    private final Request asked;
    private final JavaInstance instance;
    private final boolean[] present;
    private final Lifetime lifetime =
            new Lifetime(
                    "the answer has been sent or dropped (expected: use of its outputs before)");

    /// @param asked which outputs are wanted
    RunAnswer(RunRequest request, Answer answer, Request asked, JavaInstance instance) {
        this.request = request;
        this.answer = answer;
        this.asked = asked;
        this.instance = instance;
        this.present = new boolean[instance.outputs().count()];
    }

    @Override
    public Tensor output(String name, long... shape) {
        long[] dimensions = shape.clone();
        int index = index(name, dimensions);
        DataType type = spec(index).type();
        if (!type.isFixedSize()) {
            throw new IllegalArgumentException(
                    "output '%s' is of %s (expected: Answer.bytes or Answer.strings for it)"
                            .formatted(name, type));
        }
        long count = Shape.elementCount(dimensions);
        long byteSize = Contents.byteSize("output", name, count, type);
        MemorySegment memory = add(index, dimensions, byteSize);
        memory.fill((byte) 0);
        return new SharedTensor(
                name, type, dimensions, count, memory, /* writable= */ true, lifetime);
    }

    @Override
    public void output(String name, MemorySegment content, long... shape) {
        long[] dimensions = shape.clone();
        int index = index(name, dimensions);
        DataType type = spec(index).type();
        Contents.check("output", name, type, dimensions, content);
        add(index, dimensions, content.byteSize()).copyFrom(content);
    }

    @Override
    public void bytes(String name, List<byte[]> elements, long... shape) {
        long[] dimensions = shape.clone();
        int index = index(name, dimensions);
        DataType type = spec(index).type();
        if (type != DataType.BYTES) {
            throw new IllegalArgumentException(
                    "output '%s' is of %s (expected: Answer.output for it)".formatted(name, type));
        }
        Contents.checkCount("output", name, dimensions, elements);
        Contents.write(elements, add(index, dimensions, Contents.byteSize(elements)));
    }

    @Override
    public void strings(String name, List<String> elements, long... shape) {
        bytes(name, Contents.utf8(elements), shape);
    }

    /// The output's index, where it may be added in this shape.
    private int index(String name, long[] dimensions) {
        lifetime.check();
        int index = instance.outputs().index(name);
        if (present[index]) {
            throw new IllegalStateException(
                    "output '%s' is there already (expected: each once)".formatted(name));
        }
        TensorSpec spec = spec(index);
        if (!fits(spec.dimensions(), dimensions)) {
            throw new IllegalArgumentException(
                    "output '%s' of shape %s (expected: %s)"
                            .formatted(name, Shape.text(dimensions), spec.dimensions()));
        }
        return index;
    }

    private static boolean fits(List<Long> expected, long[] given) {
        if (given.length != expected.size() || given.length > Execution.MAX_RANK) {
            return false;
        }
        for (int axis = 0; axis < given.length; axis++) {
            long wanted = expected.get(axis);
            if (given[axis] < 0 || wanted >= 0 && wanted != given[axis]) {
                return false;
            }
        }
        return true;
    }

    /// Adds the output, with memory for it: all of that before the answer's end, since what it writes to may be another
    /// request's after it.
    private synchronized MemorySegment add(int index, long[] dimensions, long byteSize) {
        lifetime.check();
        long address;
        try {
            address = byteSize == 0 ? 0 : answer.reserve(byteSize);
        } catch (EngineException failure) {
            throw new NoMemoryException(failure);
        }
        present[index] = true;
        if (asked.isRequested(index)) {
            Execution.Tensors given = answer.outputs();
            int type = spec(index).type().code();
            given.set(index, type, address, byteSize, dimensions.length);
            for (int axis = 0; axis < dimensions.length; axis++) {
                given.dimension(index, axis, dimensions[axis]);
            }
        }
        return lifetime.memory(address, byteSize);
    }

    @Override
    public boolean send() {
        if (!instance.isDecoupled()) {
            throw RunAnswers.notDecoupled("send");
        }
        complete();
        request.sending();
        end();
        try {
            boolean heard = answer.send();
            if (!heard) {
                request.unheard();
            }
            return heard;
        } catch (EngineException failure) {
            throw new NoMemoryException(failure);
        }
    }

    @Override
    public void sendLast() {
        complete();
        end();
        request.sendLast(answer);
    }

    /// @throws IllegalArgumentException when the client wants an output that is not there. A decoupled model may leave
    ///     any out
    private void complete() {
        lifetime.check();
        for (int index = 0; index < present.length && !instance.isDecoupled(); index++) {
            if (asked.isRequested(index) && !present[index]) {
                throw new IllegalArgumentException(
                        "output '%s' is missing (expected: all that the client wants)"
                                .formatted(spec(index).name()));
            }
        }
    }

    /// No more of it is written, and it is not sent.
    void drop() {
        end();
        answer.abandon();
    }

    private synchronized void end() {
        lifetime.end();
    }

    private TensorSpec spec(int index) {
        return instance.outputs().spec(index);
    }
}
