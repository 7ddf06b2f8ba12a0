package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/// TensorRT's `Dims`: how many there are, and room for eight.
///
/// @param memory of the structure
record Dims(MemorySegment memory) {
    /// The largest number of dimensions that TensorRT knows.
    static final int MAX_RANK = 8;

    private static final long FIRST = JAVA_LONG.byteSize();
    private static final MemoryLayout LAYOUT =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("count"),
                    MemoryLayout.paddingLayout(JAVA_INT.byteSize()),
                    MemoryLayout.sequenceLayout(MAX_RANK, JAVA_LONG).withName("sizes"));

    Dims(Arena arena) {
        this(arena.allocate(LAYOUT));
    }

    /// Those that TensorRT has at an address.
    static Dims at(long address) {
        return new Dims(MemorySegment.ofAddress(address).reinterpret(LAYOUT.byteSize()));
    }

    long address() {
        return memory.address();
    }

    /// @throws EngineException when TensorRT did not tell
    int rank() throws EngineException {
        int rank = memory.get(JAVA_INT, 0);
        if (rank < 0 || rank > MAX_RANK) {
            throw new EngineException("TensorRT tells no shape (%d dimensions)".formatted(rank));
        }
        return rank;
    }

    /// Whether TensorRT told a shape.
    boolean told() {
        return memory.get(JAVA_INT, 0) >= 0;
    }

    void rank(int rank) {
        memory.set(JAVA_INT, 0, rank);
    }

    long size(int axis) {
        return memory.get(JAVA_LONG, FIRST + axis * JAVA_LONG.byteSize());
    }

    void size(int axis, long size) {
        memory.set(JAVA_LONG, FIRST + axis * JAVA_LONG.byteSize(), size);
    }

    long[] sizes() throws EngineException {
        long[] sizes = new long[rank()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = size(axis);
        }
        return sizes;
    }

    /// Whether every size is known.
    boolean known() throws EngineException {
        int rank = rank();
        for (int axis = 0; axis < rank; axis++) {
            if (size(axis) < 0) {
                return false;
            }
        }
        return true;
    }

    /// Bytes of a tensor of this shape.
    ///
    /// @throws EngineException when that is no number
    long bytes(long elementSize) throws EngineException {
        long bytes = elementSize;
        int rank = rank();
        for (int axis = 0; axis < rank; axis++) {
            long size = size(axis);
            if (size < 0 || (size > 0 && bytes > Long.MAX_VALUE / size)) {
                throw new EngineException("an output of TensorRT has the size %d".formatted(size));
            }
            bytes *= size;
        }
        return bytes;
    }
}
