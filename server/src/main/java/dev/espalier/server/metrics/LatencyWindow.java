package dev.espalier.server.metrics;

/// Quantiles of what took how long during the last minute, within 1.6 % of each value. Guarded by its owner's lock.
final class LatencyWindow {
    private static final long SLICE_NANOS = 12_000_000_000L;
    private static final int SLICES = 5;

    /// Values of the same power of two are told apart in so many steps: 2^5.
    private static final int STEP_BITS = 5;

    private static final int STEPS = 1 << STEP_BITS;

    private static final int[] NOTHING = {};

    /// Longer ones, of some 19 hours, count as these.
    private static final long MOST_MICROS = (1L << 36) - 1;

    /// Each as long as it has something in it, empty otherwise.
    private final int[][] slices = new int[SLICES][0];

    private long newest = Long.MIN_VALUE;
    private long count;
    private long sumMicros;

    /// @param now on the machine's monotonic clock, in ns
    void add(long now, long nanos) {
        long micros = Math.clamp(nanos / 1000, 0, MOST_MICROS);
        turnTo(now);
        int at = Math.floorMod(newest, SLICES);
        int[] slice = slices[at];
        if (slice.length == 0) {
            slice = new int[index(MOST_MICROS) + 1];
            slices[at] = slice;
        }
        slice[index(micros)]++;
        count++;
        sumMicros += micros;
    }

    /// Forgets slices that are older than a minute.
    private void turnTo(long now) {
        long current = Math.floorDiv(now, SLICE_NANOS);
        for (long old = Math.max(newest + 1, current - SLICES + 1); old <= current; old++) {
            slices[Math.floorMod(old, SLICES)] = NOTHING;
        }
        newest = Math.max(newest, current);
    }

    /// How many there were since the beginning.
    long count() {
        return count;
    }

    long sumMicros() {
        return sumMicros;
    }

    /// The value in microseconds that the fraction `quantile` of the last minute's does not exceed; NaN where there was none.
    double quantile(long now, double quantile) {
        turnTo(now);
        long all = 0;
        for (int[] slice : slices) {
            for (int each : slice) {
                all += each;
            }
        }
        if (all == 0) {
            return Double.NaN;
        }
        long rank = Math.max(1, (long) Math.ceil(quantile * all));
        int index = -1;
        for (long below = 0; below < rank; ) {
            index++;
            for (int[] slice : slices) {
                below += slice.length == 0 ? 0 : slice[index];
            }
        }
        return middle(index);
    }

    private static int index(long micros) {
        if (micros < STEPS) {
            return (int) micros;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        int step = (int) (micros >>> (power - STEP_BITS)) & (STEPS - 1);
        return (power - STEP_BITS + 1) * STEPS + step;
    }

    private static double middle(int index) {
        if (index < STEPS) {
            return index;
        }
        int shift = index / STEPS - 1;
        long least = (long) (STEPS + index % STEPS) << shift;
        return least + ((1L << shift) - 1) / 2.0;
    }
}
