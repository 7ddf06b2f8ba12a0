package dev.espalier.server.metrics;

import java.util.Locale;

/// Writes metrics in Prometheus' text format, version 0.0.4. By hand, because the libraries for it append
/// `_total` to the names of counters, and Triton's names have no such ending.
public final class MetricText {
    private final StringBuilder text = new StringBuilder(4096);

    /// Begins a metric.
    ///
    /// @param type `counter`, `gauge`, `histogram` or `summary`
    public MetricText metric(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /// Adds a whole number.
    ///
    /// @param labels names and values in turn
    public MetricText value(String name, long value, String... labels) {
        return line(name, Long.toString(value), labels);
    }

    /// Adds a number.
    public MetricText value(String name, double value, String... labels) {
        return line(name, String.format(Locale.ROOT, "%.6f", value), labels);
    }

    private MetricText line(String name, String value, String... labels) {
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1]);
            text.append('"');
        }
        text.append(labels.length > 0 ? "} " : " ").append(value).append('\n');
        return this;
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
