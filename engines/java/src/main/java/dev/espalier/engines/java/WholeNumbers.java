package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.espalier.sdk.LongElements;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Integers of up to 32 bits, as `long`.
record WholeNumbers(SharedTensor tensor) implements LongElements {
    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public long get(long index) {
        MemorySegment memory = tensor.read();
        long at = Objects.checkIndex(index, size());
        return switch (tensor.type()) {
            case INT8 -> memory.getAtIndex(JAVA_BYTE, at);
            case UINT8 -> Byte.toUnsignedLong(memory.getAtIndex(JAVA_BYTE, at));
            case INT16 -> memory.getAtIndex(JAVA_SHORT_UNALIGNED, at);
            case UINT16 -> Short.toUnsignedLong(memory.getAtIndex(JAVA_SHORT_UNALIGNED, at));
            case INT32 -> memory.getAtIndex(JAVA_INT_UNALIGNED, at);
            case UINT32 -> Integer.toUnsignedLong(memory.getAtIndex(JAVA_INT_UNALIGNED, at));
            default -> throw new IllegalStateException(tensor.type().name());
        };
    }

    @Override
    public void set(long index, long value) {
        MemorySegment memory = tensor.write();
        long at = Objects.checkIndex(index, size());
        switch (tensor.type()) {
            case INT8 -> memory.setAtIndex(JAVA_BYTE, at, (byte) in(value, -0x80, 0x7F));
            case UINT8 -> memory.setAtIndex(JAVA_BYTE, at, (byte) in(value, 0, 0xFF));
            case INT16 ->
                    memory.setAtIndex(JAVA_SHORT_UNALIGNED, at, (short) in(value, -0x8000, 0x7FFF));
            case UINT16 ->
                    memory.setAtIndex(JAVA_SHORT_UNALIGNED, at, (short) in(value, 0, 0xFFFF));
            case INT32 ->
                    memory.setAtIndex(
                            JAVA_INT_UNALIGNED,
                            at,
                            (int) in(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32 ->
                    memory.setAtIndex(JAVA_INT_UNALIGNED, at, (int) in(value, 0, 0xFFFFFFFFL));
            default -> throw new IllegalStateException(tensor.type().name());
        }
    }

    private long in(long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "element of '%s', which is %s: %d (expected: %d..%d)"
                            .formatted(tensor.name(), tensor.type(), value, least, most));
        }
        return value;
    }
}
