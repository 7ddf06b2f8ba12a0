package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.espalier.sdk.IntElements;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Elements that lie in memory as they are in Java.
record Ints(SharedTensor tensor) implements IntElements {
    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public int get(long index) {
        return tensor.read().getAtIndex(JAVA_INT_UNALIGNED, Objects.checkIndex(index, size()));
    }

    @Override
    public void set(long index, int value) {
        tensor.write().setAtIndex(JAVA_INT_UNALIGNED, Objects.checkIndex(index, size()), value);
    }

    @Override
    public void get(long index, int[] target, int offset, int count) {
        long from = Objects.checkFromIndexSize(index, count, size()) * Integer.BYTES;
        MemorySegment.copy(tensor.read(), JAVA_INT_UNALIGNED, from, target, offset, count);
    }

    @Override
    public void set(long index, int[] source, int offset, int count) {
        long to = Objects.checkFromIndexSize(index, count, size()) * Integer.BYTES;
        MemorySegment.copy(source, offset, tensor.write(), JAVA_INT_UNALIGNED, to, count);
    }
}
