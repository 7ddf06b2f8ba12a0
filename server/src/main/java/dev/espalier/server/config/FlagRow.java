package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Switch;
import java.util.List;

/// What is known of an option of the command line.
///
/// @param text the name without its dashes
/// @param fallback the value where none is given; empty where there is none
/// @param aliases other names
record FlagRow(
        FlagGroup group,
        String text,
        FlagType type,
        String fallback,
        String help,
        List<String> aliases) {
    FlagRow {
        aliases = List.copyOf(aliases);
    }

    /// An option without a value of its own.
    static FlagRow of(FlagGroup group, String text, FlagType type, String help) {
        return of(group, text, type, "", help);
    }

    /// A switch.
    static FlagRow of(FlagGroup group, String text, String fallback, String help) {
        return of(group, text, new Switch(), fallback, help);
    }

    static FlagRow of(
            FlagGroup group,
            String text,
            FlagType type,
            String fallback,
            String help,
            String... aliases) {
        return new FlagRow(group, text, type, fallback, help, List.of(aliases));
    }
}
