package dev.espalier.server.scheduling;

import java.util.List;

/// How a model's requests wait and gather, from `dynamic_batching` of its configuration.
///
/// @param maxBatchSize most rows of a batch; 0 for models without a batch dimension
/// @param batching whether requests may share an execution
/// @param preferredBatchSizes sizes at which a batch runs at once, ascending; empty for none
/// @param maxQueueDelayNanos how long the first request of a batch may wait for others
/// @param maxQueueSize most requests that wait; 0 for no limit
/// @param defaultTimeoutMicros how long a request may wait; 0 for no limit
/// @param allowTimeoutOverride whether a request's own, smaller timeout counts
/// @param rejectOnTimeout whether a request that waited too long fails; otherwise it goes on waiting
public record SchedulingPolicy(
        int maxBatchSize,
        boolean batching,
        List<Integer> preferredBatchSizes,
        long maxQueueDelayNanos,
        int maxQueueSize,
        long defaultTimeoutMicros,
        boolean allowTimeoutOverride,
        boolean rejectOnTimeout) {
    /// Executions that an instance of a batching model has at most: one runs, one is ready to follow.
    private static final int BATCHING_DEPTH = 2;

    /// Executions that an instance of another model has at most. Handing them over early saves a wake-up
    /// for each.
    private static final int SINGLE_DEPTH = 16;

    public SchedulingPolicy {
        preferredBatchSizes = preferredBatchSizes.stream().sorted().toList();
    }

    /// How many executions an instance is given before it has finished the first. One where the user
    /// counts or times those that wait, so that what an instance holds is what it runs.
    int depth() {
        if (maxQueueSize > 0 || defaultTimeoutMicros > 0 || allowTimeoutOverride) {
            return 1;
        }
        return batching ? BATCHING_DEPTH : SINGLE_DEPTH;
    }

    /// How long a request with this timeout of its own may wait; 0 for no limit.
    long effectiveTimeoutMicros(long requested) {
        if (!allowTimeoutOverride || requested <= 0) {
            return defaultTimeoutMicros;
        }
        return defaultTimeoutMicros == 0 ? requested : Math.min(requested, defaultTimeoutMicros);
    }
}
