package dev.espalier.server.config;

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
}
