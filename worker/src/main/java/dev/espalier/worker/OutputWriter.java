package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;

/// Describes an answer's outputs in its frame.
final class OutputWriter {
    private OutputWriter() {}

    /// @throws EngineException when they cannot be described
    static void write(Execution.Tensors outputs, ResultFrame result, SharedRegion out)
            throws EngineException {
        for (int index = 0; index < outputs.count(); index++) {
            if (!outputs.isPresent(index)) {
                continue;
            }
            int rank = outputs.rank(index);
            long size = outputs.byteSize(index);
            long offset = size == 0 ? 0 : outputs.address(index) - out.address();
            if (size != 0 && (offset < LinkLayout.OUT_BLOCKS || offset > out.size() - size)) {
                throw new EngineException(
                        "output %d lies outside of the memory that has been reserved for it"
                                .formatted(index));
            }
            if (!result.putOutput(index, outputs.typeCode(index), rank, offset, size)) {
                throw new EngineException(
                        "the model has more outputs than a result can describe; ask for fewer of them");
            }
            for (int axis = 0; axis < rank; axis++) {
                result.putDimension(outputs.dimension(index, axis));
            }
        }
    }
}
