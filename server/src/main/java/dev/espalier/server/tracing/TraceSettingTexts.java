package dev.espalier.server.tracing;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Settings of traces as both protocols write them: by name, as lists of texts. Only a level has several.
public final class TraceSettingTexts {
    private static final String LEVEL = "trace_level";
    private static final String FILE = "trace_file";

    /// The range that Triton names, which has room for more than it, or this server, takes.
    private static final long MOST_UNSIGNED = 4_294_967_295L;

    private static final Map<String, TraceField> NUMBERS =
            Map.of(
                    "trace_rate", TraceField.RATE,
                    "trace_count", TraceField.COUNT,
                    "log_frequency", TraceField.LOG_FREQUENCY);

    private final TraceChange.Builder change = new TraceChange.Builder();

    /// Whether a setting may be given in several texts.
    public static boolean isList(String name) {
        return name.equals(LEVEL);
    }

    /// Whether there is such a setting. What it says of others, Triton does not look at.
    public static boolean isKnown(String name) {
        return name.equals(LEVEL) || name.equals(FILE) || NUMBERS.containsKey(name);
    }

    /// A setting goes back to what is set for all models, or by the command line.
    ///
    /// @throws ServingException where it is one that no client can change
    public void clear(String name) throws ServingException {
        refuseFile(name);
        change.clear(name.equals(LEVEL) ? TraceField.LEVEL : number(name));
    }

    /// A setting is to have this value.
    ///
    /// @throws ServingException where it cannot, with the texts that clients know
    public void set(String name, List<String> values) throws ServingException {
        refuseFile(name);
        if (name.equals(LEVEL)) {
            level(values);
            return;
        }
        if (values.size() != 1) {
            throw invalid("expect only 1 value for '" + name + "'");
        }
        change.set(number(name), parsed(name, values.getFirst()));
    }

    public TraceChange change() {
        return change.build();
    }

    private static TraceField number(String name) {
        TraceField field = NUMBERS.get(name);
        if (field == null) {
            throw new IllegalArgumentException(name);
        }
        return field;
    }

    private static void refuseFile(String name) throws ServingException {
        if (name.equals(FILE)) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED,
                    "trace file location can not be updated through network protocol");
        }
    }

    private void level(List<String> levels) throws ServingException {
        if (levels.isEmpty()) {
            return; // As Triton: it says nothing.
        }
        if (levels.size() > 1 && levels.contains("OFF")) {
            throw invalid("Expect only one trace level 'OFF' is specified");
        }
        int level = 0;
        for (String each : levels) {
            level = Math.max(level, level(each));
        }
        change.set(TraceField.LEVEL, level);
    }

    private static int level(String text) throws ServingException {
        return switch (text) {
            case "OFF" -> 0;
            case "TIMESTAMPS" -> 1;
            case "TENSORS" ->
                    throw new ServingException(
                            ErrorCode.UNSUPPORTED,
                            "trace level TENSORS is not available: tensors are not written to traces (expected: OFF or TIMESTAMPS)");
            default ->
                    throw invalid(
                            "unknown trace level '%s' (expected: OFF or TIMESTAMPS)"
                                    .formatted(text));
        };
    }

    /// The number that a text begins with, which is how much of it Triton looks at.
    private static int parsed(String name, String text) throws ServingException {
        String begin = text.stripLeading();
        int end = begin.startsWith("-") || begin.startsWith("+") ? 1 : 0;
        int digits = end;
        while (end < begin.length() && begin.charAt(end) >= '0' && begin.charAt(end) <= '9') {
            end++;
        }
        if (end == digits) {
            throw invalid("Unable to parse '%s', got: %s".formatted(name, text));
        }
        boolean isCount = number(name) == TraceField.COUNT;
        int least = isCount ? -1 : 0;
        try {
            int value = Integer.parseInt(begin.substring(0, end));
            if (value >= least) {
                return value;
            }
            if (isCount) {
                throw invalid("Unable to parse 'trace_count'. Expecting value >= -1, got: " + text);
            }
        } catch (NumberFormatException _) {
            // It is out of range, too.
        }
        throw invalid(
                "Unable to parse '%s', value is out of range [ %d, %d ], got: %s"
                        .formatted(name, least, isCount ? Integer.MAX_VALUE : MOST_UNSIGNED, text));
    }

    /// The settings that hold, in the order in which Triton tells them.
    ///
    /// @param model empty for what is set for all
    public static Map<String, List<String>> told(Tracing tracing, String model) {
        Map<TraceField, Integer> settings = tracing.settings(model);
        TraceOptions options = tracing.options();
        Map<String, List<String>> told = new LinkedHashMap<>();
        told.put(
                LEVEL,
                List.of(settings.getOrDefault(TraceField.LEVEL, 0) == 0 ? "OFF" : "TIMESTAMPS"));
        told.put("trace_rate", List.of(text(settings, TraceField.RATE)));
        told.put("trace_count", List.of(text(settings, TraceField.COUNT)));
        if (options.mode() == TraceOptions.Mode.TRITON) {
            told.put("log_frequency", List.of(text(settings, TraceField.LOG_FREQUENCY)));
            told.put(FILE, List.of(options.file()));
        } else {
            options.collector().forEach((name, value) -> told.put(name, List.of(value)));
        }
        told.put("trace_mode", List.of(options.mode().name().toLowerCase(Locale.ROOT)));
        return told;
    }

    private static String text(Map<TraceField, Integer> settings, TraceField field) {
        return Integer.toString(settings.getOrDefault(field, 0));
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }
}
