package dev.espalier.sdk;

/// The elements of a [Tensor] as `int`, in row-major order, without a copy. UINT8 and UINT16 elements are from 0 on.
///
/// Each method throws an [IllegalStateException] when the tensor is dead, and an [IndexOutOfBoundsException] for an
/// element that it does not have; those that change elements an [UnsupportedOperationException] when it is an input.
public interface IntElements {
    /// How many there are.
    long size();

    /// The element `index`.
    int get(long index);

    /// Changes the element `index`.
    ///
    /// @throws IllegalArgumentException when the tensor's type does not hold the value
    void set(long index, int value);

    /// Copies elements from `index` on to `target`, from `offset` on.
    default void get(long index, int[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = get(index + i);
        }
    }

    /// Copies elements of `source`, from `offset` on, to those from `index` on.
    default void set(long index, int[] source, int offset, int count) {
        for (int i = 0; i < count; i++) {
            set(index + i, source[offset + i]);
        }
    }

    /// A copy of all of them.
    ///
    /// @throws IllegalStateException when they are more than an array holds
    default int[] toArray() {
        if (size() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(
                    "%d elements (expected: at most %d, as an array holds)"
                            .formatted(size(), Integer.MAX_VALUE - 8));
        }
        int[] copy = new int[(int) size()];
        get(0, copy, 0, copy.length);
        return copy;
    }
}
