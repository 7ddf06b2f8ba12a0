package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.espalier.sdk.LongElements;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Elements that lie in memory as they are in Java.
record Longs(SharedTensor tensor) implements LongElements {
    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public long get(long index) {
        return tensor.read().getAtIndex(JAVA_LONG_UNALIGNED, Objects.checkIndex(index, size()));
    }

    @Override
    public void set(long index, long value) {
        tensor.write().setAtIndex(JAVA_LONG_UNALIGNED, Objects.checkIndex(index, size()), value);
    }

    @Override
    public void get(long index, long[] target, int offset, int count) {
        long from = Objects.checkFromIndexSize(index, count, size()) * Long.BYTES;
        MemorySegment.copy(tensor.read(), JAVA_LONG_UNALIGNED, from, target, offset, count);
    }

    @Override
    public void set(long index, long[] source, int offset, int count) {
        long to = Objects.checkFromIndexSize(index, count, size()) * Long.BYTES;
        MemorySegment.copy(source, offset, tensor.write(), JAVA_LONG_UNALIGNED, to, count);
    }
}
