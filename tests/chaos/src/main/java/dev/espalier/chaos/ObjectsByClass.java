package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The bytes of the objects of a Java process that are in use, by their class.
record ObjectsByClass(Map<String, Long> classes) {
    private static final int COLLECTIONS = 3;
    private static final int NAMED = 10;
    private static final Pattern LINE =
            Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(?<bytes>\\d+)\\s+(?<name>\\S+).*");

    /// Collects garbage first, several times: what a collection finds unreachable may hold other things until its
    /// reference has been dealt with.
    static ObjectsByClass of(long pid) throws IOException {
        for (int i = 0; i < COLLECTIONS; i++) {
            diagnose(pid, "GC.run");
        }
        return new ObjectsByClass(
                diagnose(pid, "GC.class_histogram").stream()
                        .map(LINE::matcher)
                        .filter(Matcher::matches)
                        .collect(
                                Collectors.toMap(
                                        line -> line.group("name"),
                                        line -> Long.parseLong(line.group("bytes")),
                                        Long::sum)));
    }

    private static List<String> diagnose(long pid, String command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
        return Commands.output(jcmd, Long.toString(pid), command);
    }

    long bytes() {
        return classes.values().stream().mapToLong(Long::longValue).sum();
    }

    /// The classes whose objects have become more, those with most bytes first.
    List<String> growthSince(ObjectsByClass before) {
        return classes.entrySet().stream()
                .map(now ->
                        Map.entry(
                                now.getKey(),
                                now.getValue() - before.classes.getOrDefault(now.getKey(), 0L)))
                .filter(more -> more.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(NAMED)
                .map(more -> "%,12d bytes more of %s".formatted(more.getValue(), more.getKey()))
                .toList();
    }
}
