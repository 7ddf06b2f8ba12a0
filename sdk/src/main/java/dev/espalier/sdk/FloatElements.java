package dev.espalier.sdk;

/// The elements of a [Tensor] as `float`, in row-major order, without a copy. FP16 and BF16 elements are converted.
///
/// Each method throws an [IllegalStateException] when the tensor is dead, and an [IndexOutOfBoundsException] for an
/// element that it does not have; those that change elements an [UnsupportedOperationException] when it is an input.
public interface FloatElements {
    /// How many there are.
    long size();

    /// The element `index`.
    float get(long index);

    /// Changes the element `index`.
    void set(long index, float value);

    /// Copies elements from `index` on to `target`, from `offset` on.
    default void get(long index, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = get(index + i);
        }
    }

    /// Copies elements of `source`, from `offset` on, to those from `index` on.
    default void set(long index, float[] source, int offset, int count) {
        for (int i = 0; i < count; i++) {
            set(index + i, source[offset + i]);
        }
    }

    /// A copy of all of them.
    ///
    /// @throws IllegalStateException when they are more than an array holds
    default float[] toArray() {
        if (size() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(
                    "%d elements (expected: at most %d, as an array holds)"
                            .formatted(size(), Integer.MAX_VALUE - 8));
        }
        float[] copy = new float[(int) size()];
        get(0, copy, 0, copy.length);
        return copy;
    }
}
