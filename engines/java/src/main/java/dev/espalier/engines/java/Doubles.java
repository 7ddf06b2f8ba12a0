package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;

import dev.espalier.sdk.DoubleElements;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Elements that lie in memory as they are in Java.
record Doubles(SharedTensor tensor) implements DoubleElements {
    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public double get(long index) {
        return tensor.read().getAtIndex(JAVA_DOUBLE_UNALIGNED, Objects.checkIndex(index, size()));
    }

    @Override
    public void set(long index, double value) {
        tensor.write().setAtIndex(JAVA_DOUBLE_UNALIGNED, Objects.checkIndex(index, size()), value);
    }

    @Override
    public void get(long index, double[] target, int offset, int count) {
        long from = Objects.checkFromIndexSize(index, count, size()) * Double.BYTES;
        MemorySegment.copy(tensor.read(), JAVA_DOUBLE_UNALIGNED, from, target, offset, count);
    }

    @Override
    public void set(long index, double[] source, int offset, int count) {
        long to = Objects.checkFromIndexSize(index, count, size()) * Double.BYTES;
        MemorySegment.copy(source, offset, tensor.write(), JAVA_DOUBLE_UNALIGNED, to, count);
    }
}
