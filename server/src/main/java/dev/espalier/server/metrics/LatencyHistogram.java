package dev.espalier.server.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;

/// How many things took at most how long. Safe for use by several threads.
public final class LatencyHistogram {
    private final List<Double> bounds;

    @GuardedBy("this")
    private final long[] counts;

    @GuardedBy("this")
    private double sumMillis;

    /// What it has counted.
    ///
    /// @param bounds in ms, ascending
    /// @param upTo how many took at most each of them, those below included
    public record Counted(List<Double> bounds, List<Long> upTo, long count, double sumMillis) {}

    /// @param bounds in ms, ascending
    LatencyHistogram(List<Double> bounds) {
        this.bounds = List.copyOf(bounds);
        this.counts = new long[bounds.size() + 1];
    }

    synchronized void add(long nanos) {
        double millis = nanos / 1e6;
        int bucket = 0;
        while (bucket < bounds.size() && millis > bounds.get(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        sumMillis += millis;
    }

    public synchronized Counted counted() {
        Long[] upTo = new Long[bounds.size()];
        long below = 0;
        for (int i = 0; i < upTo.length; i++) {
            below += counts[i];
            upTo[i] = below;
        }
        return new Counted(bounds, List.of(upTo), below + counts[upTo.length], sumMillis);
    }
}
