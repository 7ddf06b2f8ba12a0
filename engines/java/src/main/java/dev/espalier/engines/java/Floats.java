package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.espalier.sdk.FloatElements;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Elements that lie in memory as they are in Java.
record Floats(SharedTensor tensor) implements FloatElements {
    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public float get(long index) {
        return tensor.read().getAtIndex(JAVA_FLOAT_UNALIGNED, Objects.checkIndex(index, size()));
    }

    @Override
    public void set(long index, float value) {
        tensor.write().setAtIndex(JAVA_FLOAT_UNALIGNED, Objects.checkIndex(index, size()), value);
    }

    @Override
    public void get(long index, float[] target, int offset, int count) {
        long from = Objects.checkFromIndexSize(index, count, size()) * Float.BYTES;
        MemorySegment.copy(tensor.read(), JAVA_FLOAT_UNALIGNED, from, target, offset, count);
    }

    @Override
    public void set(long index, float[] source, int offset, int count) {
        long to = Objects.checkFromIndexSize(index, count, size()) * Float.BYTES;
        MemorySegment.copy(source, offset, tensor.write(), JAVA_FLOAT_UNALIGNED, to, count);
    }
}
