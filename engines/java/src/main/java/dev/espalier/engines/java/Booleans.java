package dev.espalier.engines.java;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.espalier.sdk.BooleanElements;
import java.util.Objects;

/// Elements of a byte, as `boolean`.
record Booleans(SharedTensor tensor) implements BooleanElements {
    @Override
    public long size() {
        return tensor.size();
    }

    @Override
    public boolean get(long index) {
        return tensor.read().getAtIndex(JAVA_BYTE, Objects.checkIndex(index, size())) != 0;
    }

    @Override
    public void set(long index, boolean value) {
        tensor.write()
                .setAtIndex(JAVA_BYTE, Objects.checkIndex(index, size()), (byte) (value ? 1 : 0));
    }
}
