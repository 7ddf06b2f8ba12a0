package dev.espalier.server.grpc;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// Where connections get their buffers from. While a large answer is being sent, gRPC is given buffers that
/// lie over the worker's memory, so that the tensors in it are not copied.
final class AnswerAllocator extends AbstractByteBufAllocator {
    private static final ByteBufAllocator POOL = ByteBufAllocator.DEFAULT;

    AnswerAllocator() {
        super(true);
    }

    @Override
    public ByteBuf buffer(int capacity, int maxCapacity) {
        return LargeAnswer.SENDING.isBound()
                ? LargeAnswer.SENDING.get().nextBuffer(POOL)
                : POOL.buffer(capacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(int capacity, int maxCapacity) {
        return POOL.heapBuffer(capacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int capacity, int maxCapacity) {
        return POOL.directBuffer(capacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return POOL.isDirectBufferPooled();
    }
}
