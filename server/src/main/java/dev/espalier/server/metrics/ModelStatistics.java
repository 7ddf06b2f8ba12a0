package dev.espalier.server.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.metrics.StatisticsSnapshot.Batch;
import dev.espalier.server.metrics.StatisticsSnapshot.Sum;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The counters of one model version. Safe for use by several threads.
public final class ModelStatistics {
    @GuardedBy("this")
    private final TreeMap<Integer, Compute> batches = new TreeMap<>();

    @GuardedBy("this")
    private final Map<FailureReason, Long> failures = new EnumMap<>(FailureReason.class);

    @GuardedBy("this")
    private long lastInferenceMillis;

    @GuardedBy("this")
    private long inferences;

    @GuardedBy("this")
    private long executions;

    @GuardedBy("this")
    private long successes;

    @GuardedBy("this")
    private long successNanos;

    @GuardedBy("this")
    private long failureNanos;

    @GuardedBy("this")
    private long queueNanos;

    @GuardedBy("this")
    private long inputNanos;

    @GuardedBy("this")
    private long inferNanos;

    @GuardedBy("this")
    private long outputNanos;

    private volatile IntSupplier pending = () -> 0;
    private final @Nullable LatencySummaries summaries;
    private final @Nullable LatencyHistogram firstAnswers;

    /// Counters without quantiles.
    public ModelStatistics() {
        this(false, List.of());
    }

    /// @param summaries whether quantiles are kept
    /// @param firstAnswerBounds in ms, ascending, those by which first answers are told apart; empty for not at all
    public ModelStatistics(boolean summaries, List<Double> firstAnswerBounds) {
        this.summaries = summaries ? new LatencySummaries(System::nanoTime) : null;
        this.firstAnswers =
                firstAnswerBounds.isEmpty() ? null : new LatencyHistogram(firstAnswerBounds);
    }

    /// What executions of one batch size took.
    private static final class Compute {
        private long count;
        private long inputNanos;
        private long inferNanos;
        private long outputNanos;
    }

    /// What one execution took, in ns: until the engine was called, in the engine, and after it.
    public record Times(long input, long infer, long output) {}

    /// An execution answered so many requests with so many rows. `requestNanos` and `queueNanos` are the
    /// sums over them, from their first byte and from their last.
    public synchronized void executed(
            int requests, int rows, long requestNanos, long queueNanosOfAll, Times times) {
        lastInferenceMillis = System.currentTimeMillis();
        inferences += rows;
        executions++;
        successes += requests;
        successNanos += requestNanos;
        queueNanos += queueNanosOfAll;
        inputNanos += requests * times.input();
        inferNanos += requests * times.infer();
        outputNanos += requests * times.output();
        Compute batch = batches.computeIfAbsent(rows, _ -> new Compute());
        batch.count++;
        batch.inputNanos += times.input();
        batch.inferNanos += times.infer();
        batch.outputNanos += times.output();
    }

    /// A request of so many rows has had all its answers, each for itself. What its execution took is not parted.
    public synchronized void answered(int rows, long requestNanos, long queued, long infer) {
        lastInferenceMillis = System.currentTimeMillis();
        inferences += rows;
        successes++;
        successNanos += requestNanos;
        queueNanos += queued;
        inferNanos += infer;
    }

    /// An execution of so many rows answers its requests each for itself.
    public synchronized void executed(int rows, long infer) {
        executions++;
        Compute batch = batches.computeIfAbsent(rows, _ -> new Compute());
        batch.count++;
        batch.inferNanos += infer;
    }

    /// The engine failed an execution of so many rows. As with Triton it counts as one, though it inferred nothing; how
    /// long it took is not known.
    public synchronized void executedInVain(int rows) {
        lastInferenceMillis = System.currentTimeMillis();
        executions++;
        batches.computeIfAbsent(rows, _ -> new Compute()).count++;
    }

    /// So many requests failed, after so long together.
    public synchronized void failed(FailureReason reason, int requests, long nanos) {
        failures.merge(reason, (long) requests, Long::sum);
        failureNanos += nanos;
    }

    /// Quantiles of what requests take; null where none are kept.
    public @Nullable LatencySummaries summaries() {
        return summaries;
    }

    /// How long first answers take; null where that is not kept.
    public @Nullable LatencyHistogram firstAnswers() {
        return firstAnswers;
    }

    /// A request has its first answer of its own.
    public void firstAnswer(long nanos) {
        if (firstAnswers != null) {
            firstAnswers.add(nanos);
        }
    }

    /// Says who knows how many requests have been read and are not executed yet.
    public void pendingAre(IntSupplier count) {
        pending = count;
    }

    /// How many requests have been read and are not executed yet.
    public int pending() {
        return pending.getAsInt();
    }

    /// Requests that failed for this reason.
    public synchronized long failures(FailureReason reason) {
        return failures.getOrDefault(reason, 0L);
    }

    /// Everything at this moment.
    public synchronized StatisticsSnapshot snapshot(String name, String version) {
        long failed = 0;
        for (long count : failures.values()) {
            failed += count;
        }
        List<Batch> sizes = new ArrayList<>();
        batches.forEach((rows, compute) ->
                sizes.add(
                        new Batch(
                                rows,
                                new Sum(compute.count, compute.inputNanos),
                                new Sum(compute.count, compute.inferNanos),
                                new Sum(compute.count, compute.outputNanos))));
        return new StatisticsSnapshot(
                name,
                version,
                lastInferenceMillis,
                inferences,
                executions,
                new Sum(successes, successNanos),
                new Sum(failed, failureNanos),
                new Sum(successes, queueNanos),
                new Sum(successes, inputNanos),
                new Sum(successes, inferNanos),
                new Sum(successes, outputNanos),
                sizes);
    }
}
