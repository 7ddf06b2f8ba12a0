package dev.espalier.engines.java;

import dev.espalier.sdk.IntElements;

/// Integers of up to 16 bits, as `int`.
record SmallInts(WholeNumbers numbers) implements IntElements {
    @Override
    public long size() {
        return numbers.size();
    }

    @Override
    public int get(long index) {
        return (int) numbers.get(index);
    }

    @Override
    public void set(long index, int value) {
        numbers.set(index, value);
    }
}
