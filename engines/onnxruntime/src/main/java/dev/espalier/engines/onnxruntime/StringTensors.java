package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Translates between ONNX Runtime's tensors of C++ strings and the protocol's BYTES: per element a
/// 4-byte little-endian length and that many bytes.
final class StringTensors implements AutoCloseable {
    private static final int LENGTH_SIZE = 4;

    private final OrtApi api;
    private final long allocator;
    private final Arena arena = Arena.ofShared();
    private final Out out = new Out(arena);

    StringTensors(OrtApi api, long allocator) {
        this.api = api;
        this.allocator = allocator;
    }

    /// Makes a tensor of strings out of BYTES data. A failure may leave the tensor at `result`.
    ///
    /// @param shape address of the dimensions
    /// @param result where to put the `OrtValue*`
    void make(long shape, int rank, long data, long byteSize, long result) throws EngineException {
        api.check(
                api.call(
                        OrtFunction.CREATE_TENSOR,
                        allocator,
                        shape,
                        rank,
                        ElementType.code(DataType.BYTES),
                        result),
                "making a tensor of strings");
        long value = OrtApi.MEMORY.get(JAVA_LONG, result);
        long end = data + byteSize;
        long position = data;
        for (long index = 0; position < end; index++) {
            long length =
                    end - position < LENGTH_SIZE
                            ? Long.MAX_VALUE
                            : Integer.toUnsignedLong(
                                    OrtApi.MEMORY.get(JAVA_INT_UNALIGNED, position));
            if (length > end - position - LENGTH_SIZE) {
                throw new EngineException(
                        "string %d of an input is longer than the input's %d bytes"
                                .formatted(index, byteSize));
            }
            api.check(
                    api.call(
                            OrtFunction.STRING_ELEMENT_BUFFER, value, index, length, out.address()),
                    "filling a tensor of strings");
            MemorySegment.copy(
                    OrtApi.MEMORY, position + LENGTH_SIZE, OrtApi.MEMORY, out.value(), length);
            position += LENGTH_SIZE + length;
        }
    }

    /// Writes a tensor of strings as BYTES, and adds it to the execution as the output `index`.
    void read(long value, long count, OrtTensor tensor, int index, int rank, Execution execution)
            throws EngineException {
        long contentSize = 0;
        if (count > 0) {
            api.check(api.call(OrtFunction.STRING_BYTES, value, out.address()), tensor.name());
            contentSize = out.value();
        }
        long byteSize = contentSize + count * LENGTH_SIZE;
        long address = execution.reserve(byteSize);
        if (count > 0) {
            write(value, count, address, contentSize, tensor);
        }
        execution.outputs().set(index, DataType.BYTES.code(), address, byteSize, rank);
    }

    /// Has all characters put at the end of the place, and moves each string forward to its own.
    private void write(long value, long count, long address, long contentSize, OrtTensor tensor)
            throws EngineException {
        long content = address + count * LENGTH_SIZE;
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment offsets = scratch.allocate(JAVA_LONG, count);
            api.check(
                    api.call(
                            OrtFunction.STRING_CONTENT,
                            value,
                            content,
                            contentSize,
                            offsets.address(),
                            count),
                    tensor.name());
            long target = address;
            for (long i = 0; i < count; i++) {
                long begin = offsets.getAtIndex(JAVA_LONG, i);
                long end = i + 1 < count ? offsets.getAtIndex(JAVA_LONG, i + 1) : contentSize;
                OrtApi.MEMORY.set(JAVA_INT_UNALIGNED, target, (int) (end - begin));
                MemorySegment.copy(
                        OrtApi.MEMORY,
                        content + begin,
                        OrtApi.MEMORY,
                        target + LENGTH_SIZE,
                        end - begin);
                target += LENGTH_SIZE + end - begin;
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
