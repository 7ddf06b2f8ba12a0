package dev.espalier.server.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// A buffer over an output's memory, for a writer that believes to fill it: the bytes are there already,
/// so that writing moves its index and nothing else.
final class TensorBuf extends UnpooledDirectByteBuf {
    private final Runnable released;

    /// @param data read-only and direct, from position 0
    /// @param released called when nobody needs the memory any more
    TensorBuf(ByteBufAllocator allocator, ByteBuffer data, Runnable released) {
        super(allocator, writable(data), data.remaining());
        this.released = released;
        clear();
    }

    /// Netty takes no read-only view for a buffer that can be written to.
    private static ByteBuffer writable(ByteBuffer data) {
        MemorySegment memory = MemorySegment.ofBuffer(data);
        return MemorySegment.ofAddress(memory.address())
                .reinterpret(memory.byteSize())
                .asByteBuffer();
    }

    @Override
    public ByteBuf writeBytes(byte[] source, int offset, int count) {
        return writerIndex(writerIndex() + count);
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        released.run();
    }
}
