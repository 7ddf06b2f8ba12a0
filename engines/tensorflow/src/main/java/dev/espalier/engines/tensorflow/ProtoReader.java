package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.espalier.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/// Reads a message in protobuf's wire format (https://protobuf.dev/programming-guides/encoding) where it
/// lies, field by field: what is not asked for is skipped, however long.
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final MemorySegment message;
    private long position;
    private int field;
    private int wireType;

    ProtoReader(MemorySegment message) {
        this.message = message;
    }

    /// Goes to the next field, of which one of the other methods must read the value; false at the end.
    boolean next() throws EngineException {
        if (position >= message.byteSize()) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        return true;
    }

    int field() {
        return field;
    }

    /// The number that the field holds.
    long number() throws EngineException {
        expect(VARINT);
        return varint();
    }

    /// Hands over the number, or the packed row of numbers, that the field holds.
    void numbers(LongConsumer consumer) throws EngineException {
        if (wireType != BYTES) {
            consumer.accept(number());
            return;
        }
        ProtoReader row = message();
        while (row.position < row.message.byteSize()) {
            consumer.accept(row.varint());
        }
    }

    String text() throws EngineException {
        return new String(bytes().toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /// The message that the field holds.
    ProtoReader message() throws EngineException {
        return new ProtoReader(bytes());
    }

    /// What the field holds, undecoded.
    MemorySegment bytes() throws EngineException {
        expect(BYTES);
        long length = varint();
        MemorySegment bytes = message.asSlice(position, checked(length));
        position += length;
        return bytes;
    }

    void skip() throws EngineException {
        switch (wireType) {
            case VARINT -> {
                long _ = varint();
            }
            case FIXED_64 -> position += checked(Long.BYTES);
            case BYTES -> {
                long length = varint();
                position += checked(length);
            }
            case FIXED_32 -> position += checked(Integer.BYTES);
            default -> throw broken();
        }
    }

    private void expect(int type) throws EngineException {
        if (wireType != type) {
            throw broken();
        }
    }

    private long varint() throws EngineException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            long _ = checked(1);
            byte next = message.get(JAVA_BYTE, position++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken();
    }

    private long checked(long length) throws EngineException {
        if (length < 0 || length > message.byteSize() - position) {
            throw broken();
        }
        return length;
    }

    private EngineException broken() {
        return new EngineException(
                "the graph is broken at byte %d of a message of %d (expected: a protobuf field)"
                        .formatted(position, message.byteSize()));
    }
}
