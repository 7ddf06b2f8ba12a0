package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.espalier.sdk.BytesElements;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Elements that each have a length before them.
///
/// @param ends where each of them ends
@SuppressWarnings("ArrayRecordComponent")
record Strings(SharedTensor tensor, long[] ends) implements BytesElements {
    static Strings of(SharedTensor tensor) {
        MemorySegment memory = tensor.read();
        long[] ends = new long[Math.toIntExact(tensor.size())];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += Integer.BYTES + length(memory, end);
            if (end > memory.byteSize()) {
                throw new IllegalStateException(
                        "element %d of '%s' ends after the %d bytes that there are"
                                .formatted(i, tensor.name(), memory.byteSize()));
            }
            ends[i] = end;
        }
        return new Strings(tensor, ends);
    }

    private static long length(MemorySegment memory, long at) {
        return at <= memory.byteSize() - Integer.BYTES
                ? Integer.toUnsignedLong(memory.get(JAVA_INT_UNALIGNED, at))
                : 0;
    }

    @Override
    public long size() {
        return ends.length;
    }

    @Override
    public byte[] get(long index) {
        int at = Objects.checkIndex((int) Math.min(index, Integer.MAX_VALUE), ends.length);
        long begin = (at == 0 ? 0 : ends[at - 1]) + Integer.BYTES;
        byte[] element = new byte[(int) (ends[at] - begin)];
        MemorySegment.copy(tensor.read(), JAVA_BYTE, begin, element, 0, element.length);
        return element;
    }
}
