package dev.espalier.chaos;

import org.jspecify.annotations.Nullable;

/// One request. Its number makes its elements, so that no two requests in a row have the same right answer.
///
/// @param fault what it asks the op to do; null for nothing
record Ask(long number, Model model, int length, @Nullable Fault fault) {
    private static final int MODULUS = 1_000_003;

    float[] elements() {
        float[] elements = new float[length];
        for (int i = 0; i < length; i++) {
            elements[i] = (number * 31 + i) % MODULUS;
        }
        if (fault != null) {
            elements[length / 2] = fault.number();
        }
        return elements;
    }

    long[] shape() {
        return model.isBatched() ? new long[] {1, length} : new long[] {length};
    }
}
