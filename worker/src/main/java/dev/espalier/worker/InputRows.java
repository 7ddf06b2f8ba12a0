package dev.espalier.worker;

import dev.espalier.engine.Execution;
import dev.espalier.link.LinkException;
import dev.espalier.tensor.ByteStrings;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;

/// Parts the inputs of a batch into those of its requests, which lie side by side: rows of the first dimension. Nothing is
/// copied.
final class InputRows {
    private final Execution.Tensors batch;
    private final long[] taken;

    InputRows(Execution.Tensors batch) {
        this.batch = batch;
        this.taken = new long[batch.count()];
    }

    /// All of them, for an execution of one request.
    void all(Execution.Tensors own) {
        for (int index = 0; index < batch.count(); index++) {
            if (batch.isPresent(index)) {
                copy(own, index, batch.address(index), batch.byteSize(index));
            }
        }
    }

    /// The inputs of the next request, put into an empty row.
    ///
    /// @throws LinkException when the batch has not so many rows left
    void next(int rows, Execution.Tensors own) throws LinkException {
        for (int index = 0; index < batch.count(); index++) {
            if (!batch.isPresent(index)) {
                continue;
            }
            long bytes = bytes(index, rows);
            copy(own, index, batch.address(index) + taken[index], bytes);
            own.dimension(index, 0, rows);
            taken[index] += bytes;
        }
    }

    private long bytes(int index, int rows) throws LinkException {
        long left = batch.byteSize(index) - taken[index];
        long elements = rows;
        for (int axis = 1; axis < batch.rank(index); axis++) {
            elements *= batch.dimension(index, axis);
        }
        DataType type =
                DataType.ofCode(batch.typeCode(index))
                        .orElseThrow(
                                () -> new LinkException("input's type: " + batch.typeCode(index)));
        long bytes =
                type.isFixedSize()
                        ? elements * type.elementSize()
                        : ByteStrings.lengthOf(
                                MemorySegment.ofAddress(batch.address(index) + taken[index])
                                        .reinterpret(left)
                                        .asByteBuffer(),
                                elements);
        if (rows < 0 || batch.rank(index) == 0 || bytes < 0 || bytes > left) {
            throw new LinkException(
                    "%d rows of input %d take %d bytes (expected: at most %d)"
                            .formatted(rows, index, bytes, left));
        }
        return bytes;
    }

    private void copy(Execution.Tensors own, int index, long address, long byteSize) {
        int rank = batch.rank(index);
        own.set(index, batch.typeCode(index), address, byteSize, rank);
        for (int axis = 0; axis < rank; axis++) {
            own.dimension(index, axis, batch.dimension(index, axis));
        }
    }
}
