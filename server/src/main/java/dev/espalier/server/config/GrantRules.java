package dev.espalier.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /// What a line can allow; its name in the file and in a model's parameters.
    public enum Kind {
        READ,
        WRITE,
        NETWORK
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
                    Flag.WORKER_GRANTS.text(), file.toString(), "a text file that can be read");
        }
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                Rule rule = rule(line);
                if (rule == null) {
                    throw new UsageException(
                            "--%s: %s, line %d: '%s' (expected: a model's name or *, then network, or read or write and an absolute path that exists)"
                                    .formatted(Flag.WORKER_GRANTS.text(), file, i + 1, line));
                }
                rules.add(rule);
            }
        }
        return new GrantRules(file.toString(), rules);
    }

    private static @Nullable Rule rule(String line) {
        String[] words = line.split("\\s+", 3);
        if (words.length == 2 && words[1].equals("network")) {
            return new Rule(words[0], Kind.NETWORK, Path.of("/"));
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
        for (Place place : asked.readable()) {
            Path path = place.path();
            if (!allowed(model, Kind.READ, place.real())) {
                return Optional.of(refused(model, "worker_read", path.toString(), "read " + path));
            }
        }
        for (Place place : asked.writable()) {
            Path path = place.path();
            if (!allowed(model, Kind.WRITE, place.real())) {
                return Optional.of(
                        refused(model, "worker_write", path.toString(), "write " + path));
            }
        }
        if (asked.network() && !allowed(model, Kind.NETWORK, Path.of("/"))) {
            return Optional.of(refused(model, "worker_network", "true", "network"));
        }
        return Optional.empty();
    }

    private boolean allowed(String model, Kind kind, Path real) {
        return rules.stream().anyMatch(rule -> rule.allows(model, kind, real));
    }

    private String refused(String model, String parameter, String value, String line) {
        return "model '%s', parameter '%s': '%s' (expected: what the operator allows it; %s '%s %s')"
                .formatted(
                        model,
                        parameter,
                        value,
                        file.isEmpty()
                                ? "start the server with --worker-grant-file and a line"
                                : "in " + file + " there would be a line",
                        model,
                        line);
    }
}
