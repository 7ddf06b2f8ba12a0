package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.espalier.sdk.FloatElements;
import java.util.Objects;

/// Elements of 16 bits, as `float`.
///
/// @param brain whether they are BF16, the upper half of a `float`; else they are FP16
record HalfFloats(SharedTensor tensor, boolean brain) implements FloatElements {
    private static final int HALF = 16;

    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public float get(long index) {
        short bits =
                tensor.read().getAtIndex(JAVA_SHORT_UNALIGNED, Objects.checkIndex(index, size()));
        return brain ? Float.intBitsToFloat(bits << HALF) : Float.float16ToFloat(bits);
    }

    @Override
    public void set(long index, float value) {
        tensor.write()
                .setAtIndex(
                        JAVA_SHORT_UNALIGNED,
                        Objects.checkIndex(index, size()),
                        brain ? toBrain(value) : Float.floatToFloat16(value));
    }

    /// The nearest one; of two equally near that with an even last bit.
    private static short toBrain(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Rounding could make an infinity of it.
            return (short) (bits >>> HALF | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> HALF & 1) >>> HALF);
    }
}
