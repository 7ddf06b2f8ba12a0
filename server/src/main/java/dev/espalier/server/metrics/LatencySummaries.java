package dev.espalier.server.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.metrics.ModelStatistics.Times;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Quantiles of what each step of a model's requests takes. Safe for use by several threads.
public final class LatencySummaries {
    private final LongSupplier clock;

    @GuardedBy("this")
    private final Map<Step, LatencyWindow> windows = new EnumMap<>(Step.class);

    /// What is timed, by the names of Triton's metrics.
    public enum Step {
        REQUEST("request"),
        QUEUE("queue"),
        COMPUTE_INPUT("compute_input"),
        COMPUTE_INFER("compute_infer"),
        COMPUTE_OUTPUT("compute_output");

        private final String text;

        Step(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /// One step's summary.
    ///
    /// @param quantiles in microseconds, for those asked for; NaN where nothing happened lately
    public record Summary(List<Double> quantiles, long sumMicros, long count) {}

    /// @param clock gives nanoseconds
    LatencySummaries(LongSupplier clock) {
        this.clock = clock;
        for (Step step : Step.values()) {
            windows.put(step, new LatencyWindow());
        }
    }

    /// A request has been answered.
    ///
    /// @param requestNanos from its first byte on
    /// @param queueNanos in line
    /// @param times of its execution
    public synchronized void add(long requestNanos, long queueNanos, Times times) {
        long now = clock.getAsLong();
        add(Step.REQUEST, now, requestNanos);
        add(Step.QUEUE, now, queueNanos);
        add(Step.COMPUTE_INPUT, now, times.input());
        add(Step.COMPUTE_INFER, now, times.infer());
        add(Step.COMPUTE_OUTPUT, now, times.output());
    }

    @GuardedBy("this")
    private void add(Step step, long now, long nanos) {
        window(step).add(now, nanos);
    }

    @GuardedBy("this")
    private LatencyWindow window(Step step) {
        LatencyWindow window = windows.get(step);
        if (window == null) {
            throw new IllegalStateException("no window for " + step);
        }
        return window;
    }

    /// @param quantiles fractions in 0..1
    public synchronized Summary summary(Step step, List<Double> quantiles) {
        long now = clock.getAsLong();
        LatencyWindow window = window(step);
        return new Summary(
                quantiles.stream().map(quantile -> window.quantile(now, quantile)).toList(),
                window.sumMicros(),
                window.count());
    }
}
