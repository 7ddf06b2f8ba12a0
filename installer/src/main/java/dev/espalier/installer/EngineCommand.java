package dev.espalier.installer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the user asks for.
///
/// @param verb `install`, `list` or `remove`
/// @param engine the name of an engine; empty for `list`
/// @param engineDirectory where packs are installed; empty for the default
/// @param settings Maven's settings; empty for the user's
record EngineCommand(String verb, String engine, String engineDirectory, String settings) {
    private static final String DIRECTORY = "--engine-directory";
    private static final String SETTINGS = "--settings";
    private static final Set<String> OPTIONS = Set.of(DIRECTORY, SETTINGS);

    /// @return empty where that is no command
    static Optional<EngineCommand> parse(String... arguments) {
        List<String> words = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        int next = 0;
        while (next < arguments.length) {
            String argument = arguments[next++];
            if (!argument.startsWith("--")) {
                words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (!OPTIONS.contains(name) || (equals < 0 && next == arguments.length)) {
                return Optional.empty();
            }
            options.put(name, equals < 0 ? arguments[next++] : argument.substring(equals + 1));
        }
        String verb = words.isEmpty() ? "" : words.getFirst();
        int expected =
                switch (verb) {
                    case "install", "remove" -> 2;
                    case "list" -> 1;
                    default -> 0;
                };
        return words.isEmpty() || words.size() != expected
                ? Optional.empty()
                : Optional.of(
                        new EngineCommand(
                                verb,
                                expected == 2 ? words.getLast() : "",
                                options.getOrDefault(DIRECTORY, ""),
                                options.getOrDefault(SETTINGS, "")));
    }
}
