package dev.espalier.sdk;

import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;

/// A tensor in memory that the server shares with this process: an input, which is read, or an output, which is
/// written. Elements lie in row-major order; the views below do not copy them, and index them in that order from 0.
///
/// A tensor is dead after its request's last word, an output also after its answer has been sent: using it, or a view
/// of it, is an [IllegalStateException] then. Safe for use by several threads, which must agree on who writes what.
public interface Tensor {
    /// Its name in the model.
    String name();

    /// The type of its elements.
    DataType type();

    /// Its dimensions, batch dimension included, outermost first; empty for a scalar. The array is the caller's.
    long[] shape();

    /// The number of its elements.
    long size();

    /// Its memory, in the protocol's binary form: little-endian elements side by side; BYTES elements each with a
    /// 4-byte length before it. To be read only, if it is an input. What holds on to it beyond the tensor's life gets
    /// an [IllegalStateException] at its next access.
    MemorySegment memory();

    /// Its elements, if they are FP32, FP16 or BF16. The latter are rounded to the nearest when set.
    ///
    /// @throws IllegalStateException when they are of another type
    FloatElements floats();

    /// Its elements, if they are FP64.
    ///
    /// @throws IllegalStateException when they are of another type
    DoubleElements doubles();

    /// Its elements, if they are integers of up to 32 bits, or UINT32, whose values from 2³¹ on are negative here.
    ///
    /// @throws IllegalStateException when they are of another type
    IntElements ints();

    /// Its elements, if they are integers. UINT64 values from 2⁶³ on are negative here.
    ///
    /// @throws IllegalStateException when they are of another type
    LongElements longs();

    /// Its elements, if they are BOOL.
    ///
    /// @throws IllegalStateException when they are of another type
    BooleanElements booleans();

    /// Its elements, if they are BYTES and it is an input.
    ///
    /// @throws IllegalStateException when they are of another type, or it is an output
    BytesElements bytes();
}
