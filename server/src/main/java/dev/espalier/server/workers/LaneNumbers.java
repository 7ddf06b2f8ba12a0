package dev.espalier.server.workers;

import dev.espalier.link.LinkLayout;
import java.util.BitSet;

/// Which lanes of a worker are taken. A model's instances wait on neighbouring lanes.
///
/// Guarded by the host's lock.
final class LaneNumbers {
    private final BitSet taken = new BitSet();

    /// Takes `count` neighbours.
    ///
    /// @return the first of them, or -1 when there are none
    int take(int count) {
        int first = taken.nextClearBit(0);
        while (first + count <= LinkLayout.MAX_LANES) {
            int next = taken.nextSetBit(first);
            if (next < 0 || next - first >= count) {
                taken.set(first, first + count);
                return first;
            }
            first = taken.nextClearBit(next);
        }
        return -1;
    }

    /// Gives neighbours back.
    void free(int first, int count) {
        taken.clear(first, first + count);
    }

    /// How many are taken.
    int count() {
        return taken.cardinality();
    }
}
