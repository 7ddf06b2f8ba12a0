package dev.espalier.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The command line of the client, taken apart.
///
/// @param operands what is neither the command nor an option
/// @param url where the server is, without a slash at the end
/// @param token the bearer token; empty for none
record Arguments(
        String command,
        List<String> operands,
        Map<String, List<String>> options,
        String url,
        String token) {
    private static final String DEFAULT_URL = "http://localhost:8000";
    private static final Set<String> EVERYWHERE = Set.of("url", "token");
    private static final Map<String, Set<String>> OPTIONS =
            Map.of("infer", Set.of("input", "output", "version", "json", "repeat"));
    private static final Set<String> BARE = Set.of("json");

    Arguments {
        operands = List.copyOf(operands);
        options = Map.copyOf(options);
    }

    static Arguments parse(String[] arguments, Map<String, String> environment)
            throws ClientException {
        List<String> words = new ArrayList<>();
        Map<String, List<String>> options = new HashMap<>();
        int next = 0;
        while (next < arguments.length) {
            String argument = arguments[next++];
            if (argument.equals("--help") || argument.equals("-h")) {
                return new Arguments("help", List.of(), Map.of(), DEFAULT_URL, "");
            }
            if (!argument.startsWith("--")) {
                words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            String value;
            if (BARE.contains(name)) {
                value = "true";
            } else if (equals >= 0) {
                value = argument.substring(equals + 1);
            } else if (next < arguments.length) {
                value = arguments[next++];
            } else {
                throw new ClientException("--" + name + " needs a value; see espalier help");
            }
            options.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }
        String command = words.isEmpty() ? "help" : words.removeFirst();
        checkNames(command, options.keySet());
        return new Arguments(
                command,
                words,
                options,
                last(options, "url", environment.getOrDefault("ESPALIER_URL", DEFAULT_URL))
                        .replaceFirst("/+$", ""),
                last(options, "token", environment.getOrDefault("ESPALIER_TOKEN", "")));
    }

    private static void checkNames(String command, Set<String> names) throws ClientException {
        for (String name : names) {
            if (!EVERYWHERE.contains(name)
                    && !OPTIONS.getOrDefault(command, Set.of()).contains(name)) {
                throw new ClientException(
                        "unknown option of '" + command + "': --" + name + "; see espalier help");
            }
        }
    }

    private static String last(Map<String, List<String>> options, String name, String otherwise) {
        List<String> values = options.getOrDefault(name, List.of());
        return values.isEmpty() ? otherwise : values.getLast();
    }

    List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    String last(String name) {
        return last(options, name, "");
    }

    boolean has(String name) {
        return options.containsKey(name);
    }
}
