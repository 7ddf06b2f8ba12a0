package dev.espalier.worker;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The blocks of OUT that one answer has, by a number that tells it from those which have had them before.
/// Guarded by its [AnswerMemory].
final class Lease {
    private final int number;

    /// The block with the frame, then those of outputs that have one of their own.
    private long[] offsets = new long[2];

    private int count;
    private long bytes;

    /// Whose answer it is, where that is counted.
    private @Nullable Unread unread;

    /// @param size what its first block takes up
    Lease(int number, long first, long size) {
        this.number = number;
        add(first, size);
    }

    int number() {
        return number;
    }

    /// @param size what the block takes up
    void add(long offset, long size) {
        bytes += size;
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

    /// Counts what it has as unread.
    void owe(Unread reader) {
        unread = reader;
        reader.add(bytes);
    }

    /// It has been read.
    void settle() {
        Unread reader = unread;
        if (reader != null) {
            reader.read(bytes);
        }
    }
}
