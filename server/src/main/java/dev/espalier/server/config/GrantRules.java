package dev.espalier.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What models may ask for, for their workers, as the operator says in a file (`--worker-grant-file`).
///
/// Each line is a model's name, or `*` for every model, then `read`, `write` or `network`, then for the first two a
/// path, which allows what lies below it, too. Empty lines and lines that begin with `#` are skipped.
public record GrantRules(String file, List<Rule> rules) {
    /// Models may ask for nothing.
    public static final GrantRules NONE = new GrantRules("", List.of());

    private static final String EVERY_MODEL = "*";

    /// The place of what has none.
    private static final Place EVERYWHERE = new Place(Path.of("/"), Path.of("/"));

    /// What a line can allow; its name in the file and in a model's parameters.
    public enum Kind {
        READ,
        WRITE,
        NETWORK;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A line.
    ///
    /// @param path for READ and WRITE; the root of all for NETWORK
    public record Rule(String model, Kind kind, Path path) {
        boolean allows(String asking, Kind asked, Path real) {
            return kind == asked
                    && (model.equals(EVERY_MODEL) || model.equals(asking))
                    && real.startsWith(path);
        }
    }

    public GrantRules {
        rules = List.copyOf(rules);
    }

    /// @throws UsageException when the file cannot be read, or a line cannot be followed
    static GrantRules read(Path file) throws UsageException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException failure) {
            throw UsageException.bad(
                    WorkerFlag.GRANTS.text(), file.toString(), "a text file that can be read");
        }
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                Rule rule = rule(line);
                if (rule == null) {
                    throw new UsageException(
                            "--%s: %s, line %d: '%s' (expected: a model's name or *, then network, or read or write and an absolute path that exists)"
                                    .formatted(WorkerFlag.GRANTS.text(), file, i + 1, line));
                }
                rules.add(rule);
            }
        }
        return new GrantRules(file.toString(), rules);
    }

    private static @Nullable Rule rule(String line) {
        String[] words = line.split("\\s+", 3);
        if (words.length == 2 && words[1].equals("network")) {
            return new Rule(words[0], Kind.NETWORK, EVERYWHERE.real());
        }
        if (words.length == 3 && (words[1].equals("read") || words[1].equals("write"))) {
            Path real = real(words[2]);
            Kind kind = words[1].equals("read") ? Kind.READ : Kind.WRITE;
            return real == null || real.getNameCount() == 0 ? null : new Rule(words[0], kind, real);
        }
        return null;
    }

    /// Where an absolute path leads, its links followed: what is allowed is a place, however it is called.
    private static @Nullable Path real(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? path.toRealPath() : null;
        } catch (IOException | InvalidPathException _) {
            return null;
        }
    }

    /// Why a model may not have what it asks for; empty where it may.
    public Optional<String> refusal(String model, Grants asked) {
        for (Kind kind : Kind.values()) {
            for (Place place : asked(asked, kind)) {
                if (rules.stream().noneMatch(rule -> rule.allows(model, kind, place.real()))) {
                    return Optional.of(refused(model, kind, place.path().toString()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<Place> asked(Grants asked, Kind kind) {
        return switch (kind) {
            case READ -> asked.readable();
            case WRITE -> asked.writable();
            case NETWORK -> asked.network() ? List.of(EVERYWHERE) : List.of();
        };
    }

    private String refused(String model, Kind kind, String path) {
        boolean network = kind == Kind.NETWORK;
        return "model '%s', parameter 'worker_%s': '%s' (expected: what the operator allows it; %s '%s %s')"
                .formatted(
                        model,
                        kind.word(),
                        network ? "true" : path,
                        file.isEmpty()
                                ? "start the server with --worker-grant-file and a line"
                                : "in " + file + " there would be a line",
                        model,
                        network ? kind.word() : kind.word() + " " + path);
    }
}
