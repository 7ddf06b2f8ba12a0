package dev.espalier.server.scheduling;

import dev.espalier.tensor.DataType;

/// What a validated request needs of a worker: its inputs as the engine will see them, in the order of
/// the engine's indices, and the outputs it wants.
///
/// @param rows the request's batch size; 1 for models that do not batch
/// @param batched whether the first dimension of every input is the batch
/// @param inputIndices the inputs' indices in the engine's signature, ascending
/// @param shapes the inputs' shapes as the engine will see them, batch included
/// @param byteSizes the inputs' sizes in bytes
/// @param wantedOutputs the wanted outputs' indices in the engine's signature, ascending
public record Placement(
        int rows,
        boolean batched,
        int[] inputIndices,
        DataType[] types,
        long[][] shapes,
        long[] byteSizes,
        int[] wantedOutputs) {

    /// How many bytes the inputs have together.
    long byteSize() {
        long sum = 0;
        for (long size : byteSizes) {
            sum += size;
        }
        return sum;
    }

    /// Whether requests of both placements can run as one batch: the same inputs with the same shapes
    /// but for the batch.
    boolean joins(Placement other) {
        if (inputIndices.length != other.inputIndices.length) {
            return false;
        }
        for (int i = 0; i < inputIndices.length; i++) {
            if (inputIndices[i] != other.inputIndices[i]
                    || shapes[i].length != other.shapes[i].length) {
                return false;
            }
            for (int axis = 1; axis < shapes[i].length; axis++) {
                if (shapes[i][axis] != other.shapes[i][axis]) {
                    return false;
                }
            }
        }
        return true;
    }
}
