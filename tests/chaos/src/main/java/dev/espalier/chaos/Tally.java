package dev.espalier.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What has come of the faults: how many there were of each kind, what their requests were told, and how long it took
/// until the model answered again.
final class Tally {
    private final Map<Fault, Integer> told = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> answered = new EnumMap<>(Fault.class);
    private final List<String> unexpected = new ArrayList<>();
    private long[] recoveries = new long[16];
    private int recoveryCount;

    /// The request that asked for the fault was told how its worker died.
    synchronized void told(Fault fault) {
        told.merge(fault, 1, Integer::sum);
    }

    /// The request that asked for the fault was answered as if it were any other.
    synchronized void answered(Fault fault) {
        answered.merge(fault, 1, Integer::sum);
    }

    /// Something else came of it.
    synchronized void unexpected(Fault fault, String what) {
        unexpected.add("%s: %s".formatted(fault, what));
    }

    /// The model answered again so long after its worker's death had been told.
    synchronized void recovered(long nanos) {
        if (recoveryCount == recoveries.length) {
            recoveries = Arrays.copyOf(recoveries, 2 * recoveryCount);
        }
        recoveries[recoveryCount++] = nanos;
    }

    synchronized int count(Fault fault) {
        return told.getOrDefault(fault, 0) + answered.getOrDefault(fault, 0);
    }

    synchronized int answers(Fault fault) {
        return answered.getOrDefault(fault, 0);
    }

    synchronized List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /// The recovery time than which so many of a hundred are no longer, in milliseconds.
    private double percentile(int percent) {
        if (recoveryCount == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(recoveries, recoveryCount);
        Arrays.sort(sorted);
        int rank = (recoveryCount * percent + 99) / 100;
        return sorted[Math.max(rank, 1) - 1] / 1e6;
    }

    /// How long models took to answer again.
    synchronized String recovery() {
        return "back after %.0f ms (p50), %.0f ms (p99) in %d cases"
                .formatted(percentile(50), percentile(99), recoveryCount);
    }

    synchronized int recoveries() {
        return recoveryCount;
    }
}
