package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;

/// Memory of the GPU for one tensor of one instance, as large as the largest that there was.
final class DeviceBuffer implements AutoCloseable {
    /// What the GPU aligns its memory to; a tensor without elements has an address, too.
    private static final long LEAST_BYTES = 512;

    private final Cuda cuda;
    private final String what;
    private long address;
    private long bytes;

    /// @param what it is for, such as `input 'x'`
    DeviceBuffer(Cuda cuda, String what) {
        this.cuda = cuda;
        this.what = what;
    }

    /// The address of at least so many bytes, whatever is in them. Nothing may be using the memory.
    ///
    /// @throws EngineException when the GPU has not so much left
    long atLeast(long wanted) throws EngineException {
        if (address == 0 || wanted > bytes) {
            close();
            long size = Math.max(wanted, LEAST_BYTES);
            address = cuda.allocate(size, what);
            bytes = size;
        }
        return address;
    }

    /// Where it is; 0 before there was any need for it.
    long address() {
        return address;
    }

    @Override
    public void close() {
        if (address != 0) {
            cuda.free(address);
            address = 0;
            bytes = 0;
        }
    }
}
