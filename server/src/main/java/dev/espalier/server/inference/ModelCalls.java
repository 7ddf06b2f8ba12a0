package dev.espalier.server.inference;

import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.work.WorkPool;

/// What calls of models to models are served with.
///
/// @param work does what would hold up a loop: large copies
/// @param copies counts what is copied, once on the way there and once on the way back
public record ModelCalls(WorkPool work, CopiedBytes copies) {
    /// How many calls may wait for each other, each made by the model that the one before has called.
    static final int MOST_DEEP = 8;

    /// How many calls of one request may be open at a time, those with answers that have not been closed included.
    static final int MOST_OPEN = 256;
}
