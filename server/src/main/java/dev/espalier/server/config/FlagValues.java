package dev.espalier.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the command line gave, option by option, with the table's defaults for the rest.
final class FlagValues {
    private final Map<Flag, List<String>> given = new HashMap<>();

    /// Keeps a value.
    ///
    /// @throws UsageException where the option's type does not allow it
    void add(Flag flag, String value) throws UsageException {
        given.computeIfAbsent(flag, _ -> new ArrayList<>())
                .add(flag.row().type().accept(flag.text(), value));
    }

    boolean has(Flag flag) {
        return given.containsKey(flag);
    }

    /// Every value, in the order given.
    List<String> all(Flag flag) {
        return given.getOrDefault(flag, List.of());
    }

    /// The last value given, as everywhere, or the default.
    String text(Flag flag) {
        List<String> values = all(flag);
        return values.isEmpty() ? flag.row().fallback() : values.getLast();
    }

    boolean on(Flag flag) {
        return Boolean.parseBoolean(text(flag));
    }

    long number(Flag flag) {
        return Long.parseLong(text(flag));
    }

    /// A number whose bounds in the table fit an `int`.
    int integer(Flag flag) {
        return Math.toIntExact(number(flag));
    }
}
