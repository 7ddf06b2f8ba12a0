package dev.espalier.server;

import dev.espalier.server.ServerMetrics.Counter;
import dev.espalier.server.ServerMetrics.Row;
import dev.espalier.server.config.LatencyOptions;
import dev.espalier.server.metrics.LatencyHistogram;
import dev.espalier.server.metrics.LatencySummaries;
import dev.espalier.server.metrics.LatencySummaries.Step;
import dev.espalier.server.metrics.LatencySummaries.Summary;
import dev.espalier.server.metrics.MetricText;
import java.util.Arrays;
import java.util.List;

/// What `/metrics` says of how long requests take, as far as `--metrics-config` wants it.
record LatencyMetrics(LatencyOptions options) {
    private static final List<Counter> COUNTERS =
            List.of(
                    new Counter(
                            "nv_inference_request_duration_us",
                            "Cumulative inference request duration in microseconds",
                            s -> s.success().nanos() / 1000),
                    new Counter(
                            "nv_inference_queue_duration_us",
                            "Cumulative inference queuing duration in microseconds",
                            s -> s.queue().nanos() / 1000),
                    new Counter(
                            "nv_inference_compute_input_duration_us",
                            "Cumulative compute input duration in microseconds",
                            s -> s.computeInput().nanos() / 1000),
                    new Counter(
                            "nv_inference_compute_infer_duration_us",
                            "Cumulative compute inference duration in microseconds",
                            s -> s.computeInfer().nanos() / 1000),
                    new Counter(
                            "nv_inference_compute_output_duration_us",
                            "Cumulative compute output duration in microseconds",
                            s -> s.computeOutput().nanos() / 1000));

    void write(MetricText text, List<Row> rows) {
        if (options.counters()) {
            COUNTERS.forEach(counter -> counter.write(text, rows));
        }
        if (options.histograms()) {
            firstAnswers(text, rows);
        }
        if (options.summaries()) {
            for (Step step : Step.values()) {
                summaries(text, rows, step);
            }
        }
    }

    private static void firstAnswers(MetricText text, List<Row> rows) {
        String name = "nv_inference_first_response_histogram_ms";
        text.metric(name, "histogram", "Duration from request to first response in milliseconds");
        for (Row row : rows) {
            LatencyHistogram histogram = row.statistics().firstAnswers();
            if (histogram == null) {
                continue;
            }
            LatencyHistogram.Counted counted = histogram.counted();
            text.value(name + "_count", counted.count(), row.labels());
            text.value(name + "_sum", counted.sumMillis(), row.labels());
            for (int i = 0; i < counted.bounds().size(); i++) {
                text.value(
                        name + "_bucket",
                        counted.upTo().get(i),
                        with(row.labels(), "le", number(counted.bounds().get(i))));
            }
            text.value(name + "_bucket", counted.count(), with(row.labels(), "le", "+Inf"));
        }
    }

    private void summaries(MetricText text, List<Row> rows, Step step) {
        String name = "nv_inference_" + step.text() + "_summary_us";
        text.metric(
                name,
                "summary",
                "Summary of inference %s duration in microseconds".formatted(step.text()));
        for (Row row : rows) {
            LatencySummaries kept = row.statistics().summaries();
            if (kept == null) {
                continue;
            }
            Summary summary = kept.summary(step, options.quantiles());
            text.value(name + "_count", summary.count(), row.labels());
            text.value(name + "_sum", summary.sumMicros(), row.labels());
            for (int i = 0; i < options.quantiles().size(); i++) {
                text.value(
                        name,
                        summary.quantiles().get(i),
                        with(row.labels(), "quantile", number(options.quantiles().get(i))));
            }
        }
    }

    /// `100` and `0.5`, as Prometheus' own clients write them.
    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String[] with(String[] labels, String name, String value) {
        String[] more = Arrays.copyOf(labels, labels.length + 2);
        more[labels.length] = name;
        more[labels.length + 1] = value;
        return more;
    }
}
