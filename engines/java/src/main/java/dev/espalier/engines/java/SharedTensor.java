package dev.espalier.engines.java;

import dev.espalier.sdk.BooleanElements;
import dev.espalier.sdk.BytesElements;
import dev.espalier.sdk.DoubleElements;
import dev.espalier.sdk.FloatElements;
import dev.espalier.sdk.IntElements;
import dev.espalier.sdk.LongElements;
import dev.espalier.sdk.Tensor;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;

/// A tensor in memory that is not this process's own.
final class SharedTensor implements Tensor {
    private final String name;
    private final DataType type;
    private final long[] shape;
    private final long size;
    private final boolean writable;
    private final MemorySegment memory;
    private final Lifetime lifetime;

    /// @param size the number of its elements
    /// @param memory of `lifetime`
    /// @param writable whether it is an output
    SharedTensor(
            String name,
            DataType type,
            long[] shape,
            long size,
            MemorySegment memory,
            boolean writable,
            Lifetime lifetime) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.size = size;
        this.memory = writable ? memory : memory.asReadOnly();
        this.writable = writable;
        this.lifetime = lifetime;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DataType type() {
        return type;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment memory() {
        lifetime.share();
        lifetime.check();
        return memory;
    }

    /// The memory, for one look at it.
    ///
    /// @throws IllegalStateException when the tensor is dead
    MemorySegment read() {
        lifetime.check();
        return memory;
    }

    /// The memory, for one change of it.
    ///
    /// @throws IllegalStateException when the tensor is dead
    /// @throws UnsupportedOperationException when it is an input
    MemorySegment write() {
        lifetime.check();
        if (!writable) {
            throw new UnsupportedOperationException(
                    "'%s' is an input, which can only be read (expected: a change of an output)"
                            .formatted(name));
        }
        return memory;
    }

    @Override
    public FloatElements floats() {
        return switch (type) {
            case FP32 -> new Floats(this);
            case FP16, BF16 -> new HalfFloats(this, type == DataType.BF16);
            default -> throw otherType("floats()");
        };
    }

    @Override
    public DoubleElements doubles() {
        if (type != DataType.FP64) {
            throw otherType("doubles()");
        }
        return new Doubles(this);
    }

    @Override
    public IntElements ints() {
        return switch (type) {
            case INT32, UINT32 -> new Ints(this);
            case INT8, INT16, UINT8, UINT16 -> new SmallInts(new WholeNumbers(this));
            default -> throw otherType("ints()");
        };
    }

    @Override
    public LongElements longs() {
        return switch (type) {
            case INT64, UINT64 -> new Longs(this);
            case INT8, INT16, INT32, UINT8, UINT16, UINT32 -> new WholeNumbers(this);
            default -> throw otherType("longs()");
        };
    }

    @Override
    public BooleanElements booleans() {
        if (type != DataType.BOOL) {
            throw otherType("booleans()");
        }
        return new Booleans(this);
    }

    @Override
    public BytesElements bytes() {
        if (type != DataType.BYTES || writable) {
            throw otherType("bytes()");
        }
        return Strings.of(this);
    }

    private IllegalStateException otherType(String asked) {
        return new IllegalStateException(
                "%s of '%s', which is %s (expected: %s)"
                        .formatted(
                                asked,
                                name,
                                type,
                                switch (type) {
                                    case BOOL -> "booleans()";
                                    case INT8, INT16, INT32, UINT8, UINT16, UINT32 ->
                                            "ints() or longs()";
                                    case INT64, UINT64 -> "longs()";
                                    case FP16, BF16, FP32 -> "floats()";
                                    case FP64 -> "doubles()";
                                    case BYTES -> writable ? "Answer.bytes" : "bytes()";
                                }));
    }
}
