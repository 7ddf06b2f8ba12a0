package dev.espalier.server.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What the value of an option may be.
sealed interface FlagType {
    /// On or off; a bare `--name` means on.
    record Switch() implements FlagType {}

    /// A whole number within bounds.
    record Whole(long least, long most) implements FlagType {}

    /// Any text.
    ///
    /// @param form how the value is written, for the help text and for messages
    record Text(String form) implements FlagType {}

    /// One of a few words.
    record Choice(List<String> words) implements FlagType {
        public Choice {
            words = List.copyOf(words);
        }
    }

    Set<String> ON = Set.of("true", "on", "1");
    Set<String> OFF = Set.of("false", "off", "0");

    /// The value as it is kept.
    ///
    /// @throws UsageException where the type does not allow it
    default String accept(String name, String value) throws UsageException {
        return switch (this) {
            case Switch() -> {
                String word = value.toLowerCase(Locale.ROOT);
                if (!ON.contains(word) && !OFF.contains(word)) {
                    throw UsageException.bad(name, value, "true, on, 1, false, off or 0");
                }
                yield Boolean.toString(ON.contains(word));
            }
            case Whole(long least, long most) -> {
                checkNumber(name, value, least, most);
                yield value;
            }
            case Text(String form) -> {
                if (value.isEmpty()) {
                    throw UsageException.bad(name, value, form);
                }
                yield value;
            }
            case Choice(List<String> words) -> {
                if (!words.contains(value)) {
                    throw UsageException.bad(name, value, String.join(" or ", words));
                }
                yield value;
            }
        };
    }

    /// Whether a bare `--name` is complete.
    default boolean standsAlone() {
        return this instanceof Switch;
    }

    private static void checkNumber(String name, String value, long least, long most)
            throws UsageException {
        String bounds =
                most >= Integer.MAX_VALUE
                        ? "a whole number, " + least + " or more"
                        : "a whole number, " + least + ".." + most;
        try {
            long number = Long.parseLong(value);
            if (number < least || number > most) {
                throw UsageException.bad(name, value, bounds);
            }
        } catch (NumberFormatException e) {
            throw UsageException.bad(name, value, bounds);
        }
    }
}
