package dev.espalier.worker;

import java.util.Arrays;

/// The blocks of OUT that one answer has, by a number that tells it from those which have had them before.
/// Guarded by its [AnswerMemory].
final class Lease {
    private final int number;

    /// The block with the frame, then those of outputs that have one of their own.
    private long[] offsets = new long[2];

    private int count;

    Lease(int number, long first) {
        this.number = number;
        add(first);
    }

    int number() {
        return number;
    }

    void add(long offset) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
        }
        offsets[count++] = offset;
    }

    long first() {
        return offsets[0];
    }

    int count() {
        return count;
    }

    long offset(int index) {
        return offsets[index];
    }
}
