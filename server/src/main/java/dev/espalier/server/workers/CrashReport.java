package dev.espalier.server.workers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a JVM wrote about its own crash: the signal, where it fell, and on which thread.
///
/// @param signal its name
/// @param address the address that could not be used, such as `0x0000000000000000`; empty where the report
///     names none
/// @param frames where the code was, innermost first: `libfoo.so+0x1a2b` or `libfoo.so+0x1a2b (run+0x10)`
/// @param thread the Java thread's name; empty for a thread that the engine or an op made
record CrashReport(String signal, String address, List<String> frames, String thread) {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_FRAMES = 50;

    private static final Pattern SIGNAL = Pattern.compile("(?m)^#\\s+(SIG[A-Z0-9]+) \\(0x");
    private static final Pattern PROBLEM =
            Pattern.compile("(?m)^# Problematic frame:\\R#\\s*(\\S.*)$");
    private static final Pattern ADDRESS =
            Pattern.compile("(?m)^siginfo: .*si_addr: (0x[0-9a-f]+)");
    private static final Pattern THREAD =
            Pattern.compile("(?m)^Current thread \\(0x[0-9a-f]+\\):\\s+JavaThread \"(.*?)\"\\s");
    private static final Pattern STACK =
            Pattern.compile("(?m)^Native frames: .*\\R((?:[A-Za-z]\\s.*\\R)*)");
    private static final Pattern NATIVE_FRAME =
            Pattern.compile("[CV]\\s+\\[([^\\]+]+\\+0x[0-9a-f]+)\\](?:\\s+(\\S+))?.*");
    private static final Pattern LANE = Pattern.compile("\\(lane (\\d+)\\)$");

    CrashReport {
        frames = List.copyOf(frames);
    }

    /// The report in `file`, or null where there is none that names a signal.
    static @Nullable CrashReport read(Path file) {
        try (var stream = Files.newInputStream(file)) {
            return parse(new String(stream.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return null;
        }
    }

    static @Nullable CrashReport parse(String text) {
        String signal = first(SIGNAL, text);
        if (signal.isEmpty()) {
            return null;
        }
        List<String> frames = new ArrayList<>();
        String stack = first(STACK, text);
        for (String line : (stack.isEmpty() ? first(PROBLEM, text) : stack).lines().toList()) {
            Matcher frame = NATIVE_FRAME.matcher(line);
            if (frame.matches() && frames.size() < MOST_FRAMES) {
                String symbol = frame.group(2);
                frames.add(symbol == null ? frame.group(1) : frame.group(1) + " (" + symbol + ")");
            }
        }
        return new CrashReport(signal, first(ADDRESS, text), frames, first(THREAD, text));
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    /// The lane whose instance the thread runs, or -1 where it is no instance's thread.
    int lane() {
        Matcher lane = LANE.matcher(thread);
        return lane.find() ? Integer.parseInt(lane.group(1)) : -1;
    }

    /// Where it fell, in words, such as `at address 0x0 in libfoo.so+0x1a2b (run+0x10)`. Where the code
    /// was not an op's own, the op that called it is told too.
    ///
    /// @param opLibraries the file names of the op set
    String place(Set<String> opLibraries) {
        StringBuilder text = new StringBuilder();
        if (!address.isEmpty()) {
            text.append(" at address ").append(address.replaceFirst("^0x0+(?=[0-9a-f])", "0x"));
        }
        if (!frames.isEmpty()) {
            text.append(" in ").append(frames.getFirst());
            frames.stream()
                    .filter(frame -> opLibraries.contains(library(frame)))
                    .findFirst()
                    .filter(frame -> !frame.equals(frames.getFirst()))
                    .ifPresent(frame -> text.append(", called from ").append(frame));
        }
        if (thread.isEmpty()) {
            text.append(" on a thread that is not the engine's caller");
        } else {
            text.append(" on thread '").append(thread).append("'");
        }
        return text.toString();
    }

    private static String library(String frame) {
        return frame.substring(0, frame.indexOf('+'));
    }
}
