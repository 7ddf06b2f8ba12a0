package dev.espalier.server.config;

import dev.espalier.server.config.TraceOptions.Mode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what is traced of requests: `--trace-config`, or the older options, which say the same.
final class TraceReader {
    private static final String NAME = TraceFlag.CONFIG.text();

    /// Settings of a mode, by the words that the mode's settings begin with.
    private static final Map<String, Set<String>> OF_MODE =
            Map.of(
                    "triton",
                    Set.of("file", "log-frequency"),
                    "opentelemetry",
                    Set.of(
                            "url",
                            "resource",
                            "bsp_max_queue_size",
                            "bsp_schedule_delay",
                            "bsp_max_export_batch_size"));

    /// Of what waits, and of what is sent at once: room for as many is made when the server starts.
    private static final int MOST_TRACES = 1_000_000;

    private static final Set<String> OF_ALL = Set.of("mode", "level", "rate", "count");

    private final FlagValues values;
    private final List<String> notices;
    private final Map<String, String> collector = new LinkedHashMap<>();

    /// Where a setting has been given last.
    private final Map<String, Given> given = new HashMap<>();

    private Mode mode = Mode.TRITON;
    private boolean timestamps;
    private int rate = TraceOptions.NONE.rate();
    private int count = TraceOptions.NONE.count();
    private int logFrequency;
    private String file = "";

    /// An option and its value, as they stand on the command line.
    private record Given(String option, String text) {}

    /// @param notices takes what is to be told of options that have no effect
    TraceReader(FlagValues values, List<String> notices) {
        this.values = values;
        this.notices = notices;
    }

    TraceOptions read() throws UsageException {
        older(TraceFlag.FILE, "file");
        older(TraceFlag.LEVEL, "level");
        older(TraceFlag.RATE, "rate");
        older(TraceFlag.COUNT, "count");
        older(TraceFlag.LOG_FREQUENCY, "log-frequency");
        for (String value : values.all(TraceFlag.CONFIG)) {
            config(value);
        }
        TraceOptions options =
                new TraceOptions(mode, timestamps, rate, count, logFrequency, file, collector);
        check(options);
        return options;
    }

    private void older(TraceFlag flag, String setting) throws UsageException {
        if (values.has(flag)) {
            if (values.has(TraceFlag.CONFIG)) {
                throw new UsageException(
                        "--%s and --%s say the same (expected: %s in --%s)"
                                .formatted(flag.text(), NAME, setting, NAME));
            }
            set(flag.text(), values.text(flag), setting, values.text(flag));
        }
    }

    /// `<name>=<value>` or `<mode>,<name>=<value>`.
    private void config(String text) throws UsageException {
        int equals = text.indexOf('=');
        int comma = text.indexOf(',');
        if (equals < 0) {
            throw UsageException.bad(NAME, text, "[<mode>,]<name>=<value>");
        }
        boolean ofMode = comma >= 0 && comma < equals;
        String of = ofMode ? text.substring(0, comma) : "";
        String setting = text.substring(comma >= 0 && comma < equals ? comma + 1 : 0, equals);
        Set<String> known = ofMode ? OF_MODE.get(of) : OF_ALL;
        if (known == null) {
            throw UsageException.bad(NAME, text, "mode triton or opentelemetry");
        }
        if (!known.contains(setting)) {
            String near = new Nearest(known).to(setting);
            throw UsageException.bad(
                    NAME,
                    text,
                    "one of %s%s"
                            .formatted(
                                    String.join(", ", known.stream().sorted().toList()),
                                    near.isEmpty() ? "" : "; did you mean " + near + "?"));
        }
        set(NAME, text, setting, text.substring(equals + 1));
    }

    private void set(String name, String text, String setting, String value) throws UsageException {
        given.put(setting, new Given(name, text));
        switch (setting) {
            case "mode" ->
                    mode =
                            switch (value) {
                                case "triton" -> Mode.TRITON;
                                case "opentelemetry" -> Mode.OPENTELEMETRY;
                                default ->
                                        throw UsageException.bad(
                                                name, text, "mode=triton or mode=opentelemetry");
                            };
            case "level" -> level(name, text, value);
            case "rate" -> rate = number(name, text, value, 0, Integer.MAX_VALUE);
            case "count" -> count = number(name, text, value, -1, Integer.MAX_VALUE);
            case "log-frequency" -> logFrequency = number(name, text, value, 0, Integer.MAX_VALUE);
            case "file" -> file = value;
            case "url" -> {
                checkUrl(name, text, value);
                collector.put(setting, value);
            }
            case "resource" -> {
                if (value.indexOf('=') < 1) {
                    throw UsageException.bad(name, text, "resource=<name>=<value>");
                }
                collector.merge(setting, value, (some, more) -> some + "," + more);
            }
            default -> {
                int most = setting.equals("bsp_schedule_delay") ? Integer.MAX_VALUE : MOST_TRACES;
                int number = number(name, text, value, 1, most);
                collector.put(setting, Integer.toString(number));
            }
        }
    }

    private void level(String name, String text, String value) throws UsageException {
        switch (value) {
            case "OFF" -> timestamps = false;
            case "TIMESTAMPS" -> timestamps = true;
            case "MIN", "MAX" -> {
                timestamps = true;
                notices.add("--%s: %s is an older name of TIMESTAMPS".formatted(name, value));
            }
            case "TENSORS" ->
                    throw UsageException.bad(
                            name, text, "OFF or TIMESTAMPS; tensors are not written to traces");
            default -> throw UsageException.bad(name, text, "OFF or TIMESTAMPS");
        }
    }

    private static int number(String name, String text, String value, int least, int most)
            throws UsageException {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw UsageException.bad(
                name,
                text,
                "a whole number, "
                        + least
                        + (most == Integer.MAX_VALUE ? " or more" : " to " + most));
    }

    private static void checkUrl(String name, String text, String value) throws UsageException {
        try {
            URI url = URI.create(value);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null) {
                if (url.getUserInfo() != null) {
                    throw UsageException.bad(
                            name,
                            "url",
                            "a URL without user and password, which everybody could read who may ask for settings");
                }
                return;
            }
        } catch (IllegalArgumentException _) {
            // Told below.
        }
        throw UsageException.bad(name, text, "url=http://<host>:<port>/v1/traces");
    }

    /// What one row of the table cannot tell: whether the settings fit each other.
    private void check(TraceOptions options) throws UsageException {
        boolean triton = options.mode() == Mode.TRITON;
        if (triton && !options.file().isEmpty()) {
            Path path = Path.of(options.file()).toAbsolutePath();
            Path folder = path.getParent();
            if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(path)) {
                throw bad("file", "a file in a folder that exists");
            }
        }
        if (triton && options.timestamps() && options.file().isEmpty()) {
            noEffect("level", "without triton,file=<file>");
        }
        if (!triton && !options.file().isEmpty()) {
            noEffect("file", "with mode=opentelemetry");
        }
        if (triton && !options.collector().isEmpty()) {
            noEffect(options.collector().keySet().iterator().next(), "without mode=opentelemetry");
        }
        if (options.rate() == 0 && options.timestamps()) {
            throw bad("rate", "a rate of 1 or more; level=OFF for no traces");
        }
        if (options.count() == 0 && options.timestamps()) {
            throw bad("count", "1 or more, or -1 for any number; level=OFF for no traces");
        }
    }

    private UsageException bad(String setting, String expected) {
        Given where = where(setting);
        return UsageException.bad(where.option(), where.text(), expected);
    }

    private void noEffect(String setting, String why) {
        Given where = where(setting);
        notices.add("--%s: %s has no effect %s".formatted(where.option(), where.text(), why));
    }

    private Given where(String setting) {
        return given.getOrDefault(setting, new Given(NAME, setting));
    }
}
