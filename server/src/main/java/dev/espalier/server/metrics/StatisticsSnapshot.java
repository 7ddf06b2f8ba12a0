package dev.espalier.server.metrics;

import java.util.List;

/// The statistics of one model version at one moment, as the statistics extension of the protocol
/// defines them.
///
/// @param lastInferenceMillis when the last request was answered, in ms since the epoch; 0 for never
/// @param inferenceCount inferences, a batch of n counting n
/// @param executionCount runs of the model
public record StatisticsSnapshot(
        String modelName,
        String modelVersion,
        long lastInferenceMillis,
        long inferenceCount,
        long executionCount,
        Sum success,
        Sum fail,
        Sum queue,
        Sum computeInput,
        Sum computeInfer,
        Sum computeOutput,
        List<Batch> batches) {
    public StatisticsSnapshot {
        batches = List.copyOf(batches);
    }

    /// So many events that took so long together.
    public record Sum(long count, long nanos) {
        public static final Sum ZERO = new Sum(0, 0);
    }

    /// What executions of one batch size took.
    public record Batch(long batchSize, Sum computeInput, Sum computeInfer, Sum computeOutput) {}
}
