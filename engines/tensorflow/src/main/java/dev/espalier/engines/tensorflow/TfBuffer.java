package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/// A `TF_Buffer`: a serialized message that TensorFlow gives or takes.
final class TfBuffer implements AutoCloseable {
    /// Data, length, and the function that frees them.
    static final MemoryLayout LAYOUT = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final long LENGTH_OFFSET = 8;

    private final TfApi api;
    private final long address;

    /// @param address a buffer of TensorFlow's, which is taken over
    TfBuffer(TfApi api, long address) {
        this.api = api;
        this.address = address;
    }

    /// An empty buffer for TensorFlow to fill.
    static TfBuffer empty(TfApi api) {
        return new TfBuffer(api, api.call(TfFunction.NEW_BUFFER));
    }

    /// A buffer over memory that outlives it.
    static TfBuffer over(TfApi api, MemorySegment data) {
        TfBuffer buffer = empty(api);
        TfApi.MEMORY.set(JAVA_LONG, buffer.address, data.address());
        TfApi.MEMORY.set(JAVA_LONG, buffer.address + LENGTH_OFFSET, data.byteSize());
        return buffer;
    }

    long address() {
        return address;
    }

    /// What it holds; valid until the buffer is closed.
    MemorySegment data() {
        return dataAt(address);
    }

    /// What the `TF_Buffer` at an address holds.
    static MemorySegment dataAt(long address) {
        return TfApi.MEMORY.asSlice(
                TfApi.MEMORY.get(JAVA_LONG, address),
                TfApi.MEMORY.get(JAVA_LONG, address + LENGTH_OFFSET));
    }

    @Override
    public void close() {
        long _ = api.call(TfFunction.DELETE_BUFFER, address);
    }
}
