package dev.espalier.server.inference;

import java.util.Arrays;

/// Translates shapes between what clients see and what the engine sees (`reshape` in the configuration).
/// The k-th varying dimension of one side is the k-th of the other.
final class Reshaping {
    private Reshaping() {}

    /// Rewrites `shape`, which matches `from` after `skip` leading dimensions, to `to`.
    static long[] apply(long[] shape, int skip, long[] from, long[] to) {
        if (Arrays.equals(from, to)) {
            return shape;
        }
        long[] result = new long[skip + to.length];
        System.arraycopy(shape, 0, result, 0, skip);
        int next = 0;
        for (int axis = 0; axis < to.length; axis++) {
            if (to[axis] >= 0) {
                result[skip + axis] = to[axis];
                continue;
            }
            while (next < from.length && from[next] >= 0) {
                next++;
            }
            result[skip + axis] =
                    next < from.length && skip + next < shape.length ? shape[skip + next] : -1;
            next++;
        }
        return result;
    }
}
