package dev.espalier.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads which latencies are told: `--metrics-config`.
final class LatencyReader {
    private static final String NAME = ServerFlag.METRICS_CONFIG.text();

    private static final Set<String> SETTINGS =
            Set.of(
                    "counter_latencies",
                    "histogram_latencies",
                    "summary_latencies",
                    "summary_quantiles");

    private boolean counters = LatencyOptions.DEFAULT.counters();
    private boolean histograms = LatencyOptions.DEFAULT.histograms();
    private boolean summaries = LatencyOptions.DEFAULT.summaries();
    private List<Double> quantiles = LatencyOptions.DEFAULT.quantiles();

    private boolean quantilesGiven;

    private LatencyReader() {}

    /// @param told whether metrics are told at all
    /// @param notices takes what is to be told of settings that have no effect
    static LatencyOptions read(List<String> values, boolean told, List<String> notices)
            throws UsageException {
        LatencyReader reader = new LatencyReader();
        for (String value : values) {
            reader.setting(value);
        }
        if (!told && !values.isEmpty()) {
            notices.add("--" + NAME + " has no effect with --allow-metrics=false");
        } else if (reader.quantilesGiven && !reader.summaries) {
            notices.add(
                    "--"
                            + NAME
                            + ": summary_quantiles has no effect without summary_latencies=true");
        }
        return new LatencyOptions(
                reader.counters, reader.histograms, reader.summaries, reader.quantiles);
    }

    private void setting(String text) throws UsageException {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String value = text.substring(equals + 1);
        switch (name) {
            case "counter_latencies" -> counters = on(text, value);
            case "histogram_latencies" -> histograms = on(text, value);
            case "summary_latencies" -> summaries = on(text, value);
            case "summary_quantiles" -> {
                quantiles = quantiles(text, value);
                quantilesGiven = true;
            }
            default -> {
                String near = new Nearest(SETTINGS).to(name);
                throw UsageException.bad(
                        NAME,
                        text,
                        String.join(", ", SETTINGS.stream().sorted().toList())
                                + (near.isEmpty() ? "" : "; did you mean " + near + "?"));
            }
        }
    }

    private static boolean on(String text, String value) throws UsageException {
        String word = value.toLowerCase(Locale.ROOT);
        if (!FlagType.ON.contains(word) && !FlagType.OFF.contains(word)) {
            throw UsageException.bad(NAME, text, "true or false");
        }
        return FlagType.ON.contains(word);
    }

    /// `<quantile>:<error>,…`: an error is what Triton's estimate may be wrong by, and must be there.
    private static List<Double> quantiles(String text, String value) throws UsageException {
        List<Double> quantiles = new ArrayList<>();
        for (String pair : value.split(",", -1)) {
            int colon = pair.indexOf(':');
            double quantile = fraction(text, colon < 0 ? pair : pair.substring(0, colon));
            if (colon < 0 || !quantiles.isEmpty() && quantile <= quantiles.getLast()) {
                throw badQuantiles(text);
            }
            quantiles.add(quantile);
            double _ = fraction(text, pair.substring(colon + 1));
        }
        return quantiles;
    }

    private static double fraction(String text, String value) throws UsageException {
        try {
            double fraction = Double.parseDouble(value);
            if (fraction >= 0 && fraction <= 1) {
                return fraction;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw badQuantiles(text);
    }

    private static UsageException badQuantiles(String text) {
        return UsageException.bad(
                NAME,
                text,
                "summary_quantiles=<quantile>:<error>,…, both in 0..1, quantiles ascending: 0.5:0.05,0.99:0.001");
    }
}
