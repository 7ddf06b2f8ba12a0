package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Translates between TensorFlow's tensors of strings (`TF_TString`) and the protocol's BYTES: per
/// element a 4-byte little-endian length and that many bytes.
///
/// An input's strings are views of the request's memory, which TensorFlow copies as views. Where they may
/// live longer than the request they are strings of their own.
final class StringTensors {
    private static final int LENGTH_SIZE = 4;

    private final TfApi api;
    private final boolean copies;

    /// @param copies whether a tensor may live longer than the request's memory
    StringTensors(TfApi api, boolean copies) {
        this.api = api;
        this.copies = copies;
    }

    /// A `TF_Tensor*` of the strings in BYTES data.
    ///
    /// @param shape address of the dimensions
    /// @param count their product
    long make(long shape, int rank, long count, long data, long byteSize) throws EngineException {
        long value = allocate(shape, rank, count);
        try {
            fill(api.call(TfFunction.TENSOR_DATA, value), count, data, byteSize);
            return value;
        } catch (EngineException failure) {
            long _ = api.call(TfFunction.DELETE_TENSOR, value);
            throw failure;
        }
    }

    private long allocate(long shape, int rank, long count) {
        long size = count * StringMemory.STRING_SIZE;
        if (!copies) {
            return api.call(
                    TfFunction.ALLOCATE_TENSOR,
                    ElementType.code(DataType.BYTES),
                    shape,
                    rank,
                    size);
        }
        return api.newTensor(
                ElementType.code(DataType.BYTES),
                shape,
                rank,
                StringMemory.allocate(size),
                size,
                StringMemory.deallocator(api),
                0);
    }

    private void fill(long strings, long count, long data, long byteSize) throws EngineException {
        for (long i = 0; i < count; i++) {
            long _ = api.call(TfFunction.STRING_INIT, strings + i * StringMemory.STRING_SIZE);
        }
        long end = data + byteSize;
        long position = data;
        for (long i = 0; i < count; i++) {
            long length =
                    end - position < LENGTH_SIZE
                            ? Long.MAX_VALUE
                            : Integer.toUnsignedLong(
                                    TfApi.MEMORY.get(JAVA_INT_UNALIGNED, position));
            if (length > end - position - LENGTH_SIZE) {
                throw new EngineException(
                        "string %d of an input is longer than the input's %d bytes"
                                .formatted(i, byteSize));
            }
            long _ =
                    api.call(
                            copies ? TfFunction.STRING_COPY : TfFunction.STRING_ASSIGN_VIEW,
                            strings + i * StringMemory.STRING_SIZE,
                            position + LENGTH_SIZE,
                            length);
            position += LENGTH_SIZE + length;
        }
    }

    /// Writes a tensor of strings as BYTES, and adds it to the execution as the output `index`.
    void read(long value, long count, int index, int rank, Execution execution)
            throws EngineException {
        long strings = api.call(TfFunction.TENSOR_DATA, value);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment lengths = arena.allocate(JAVA_LONG, Math.max(1, count));
            long byteSize = count * LENGTH_SIZE;
            for (long i = 0; i < count; i++) {
                long length =
                        api.call(TfFunction.STRING_SIZE, strings + i * StringMemory.STRING_SIZE);
                lengths.setAtIndex(JAVA_LONG, i, length);
                byteSize += length;
            }
            long address = execution.reserve(byteSize);
            long target = address;
            for (long i = 0; i < count; i++) {
                long length = lengths.getAtIndex(JAVA_LONG, i);
                TfApi.MEMORY.set(JAVA_INT_UNALIGNED, target, (int) length);
                MemorySegment.copy(
                        TfApi.MEMORY,
                        api.call(TfFunction.STRING_DATA, strings + i * StringMemory.STRING_SIZE),
                        TfApi.MEMORY,
                        target + LENGTH_SIZE,
                        length);
                target += LENGTH_SIZE + length;
            }
            execution.outputs().set(index, DataType.BYTES.code(), address, byteSize, rank);
        }
    }
}
