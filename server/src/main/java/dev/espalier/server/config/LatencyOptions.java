package dev.espalier.server.config;

import java.util.List;

/// Which latencies of models are told as metrics.
///
/// @param counters sums of each step's time
/// @param histograms how long the first answers of decoupled models take
/// @param summaries quantiles of each step's time over the last minute
/// @param quantiles which of them, in 0..1, ascending
public record LatencyOptions(
        boolean counters, boolean histograms, boolean summaries, List<Double> quantiles) {
    /// What Triton tells where nobody says otherwise.
    public static final LatencyOptions DEFAULT =
            new LatencyOptions(true, false, false, List.of(0.5, 0.9, 0.95, 0.99, 0.999));

    public LatencyOptions {
        quantiles = List.copyOf(quantiles);
    }
}
