package dev.espalier.server.workers;

import dev.espalier.link.LinkLayout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a JVM's report of its crash, line by line and each line once: a worker may have written in its place what
/// it liked. What is kept has a bounded length and no control characters; what is not as expected is not there.
final class CrashReportReader {
    private static final int MOST_FRAMES = 50;

    /// A file's name has at most 255 bytes, and so has a model's.
    private static final int LONGEST = 300;

    private static final int MOST_HEX_DIGITS = 16;

    /// Those of which a JVM makes a report; a name is a metric's label.
    private static final Set<String> SIGNALS =
            Set.of("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS");

    private static final String PROBLEM = "# Problematic frame:";
    private static final String STACK = "Native frames: ";
    private static final String ADDRESS = "si_addr: 0x";
    private static final String THREAD = "JavaThread \"";
    private static final String LANE = " (lane ";

    private final List<String> stack = new ArrayList<>();
    private String signal = "";
    private String problem = "";
    private String address = "";
    private @Nullable String thread;

    /// Whether the line is one of the native stack's.
    private boolean inStack;

    /// What the text says; null where it names no signal.
    @Nullable CrashReport read(String text) {
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            if (problem.isEmpty() && line.equals(PROBLEM) && lines.hasNext()) {
                String next = lines.next();
                problem = next.startsWith("#") ? frame(next.substring(1).strip()) : "";
            } else {
                line(line);
            }
        }
        if (signal.isEmpty()) {
            return null;
        }
        List<String> frames =
                stack.isEmpty() && !problem.isEmpty() ? List.of(problem) : List.copyOf(stack);
        String name = thread == null ? "" : thread;
        return new CrashReport(signal, address, frames, name, lane(name));
    }

    private void line(String line) {
        if (inStack) {
            inStack = isFrame(line);
            String frame = inStack && stack.size() < MOST_FRAMES ? frame(line) : "";
            if (!frame.isEmpty()) {
                stack.add(frame);
            }
        } else if (signal.isEmpty() && line.startsWith("#")) {
            signal = signal(line.substring(1).strip());
        } else if (address.isEmpty() && line.startsWith("siginfo: ")) {
            address = address(line);
        } else if (thread == null && line.startsWith("Current thread (0x")) {
            thread = thread(line);
        } else if (stack.isEmpty() && line.startsWith(STACK)) {
            inStack = true;
        }
    }

    private static String signal(String text) {
        int end = text.indexOf(" (0x");
        String name = end < 0 ? "" : text.substring(0, end);
        return SIGNALS.contains(name) ? name : "";
    }

    private static String address(String line) {
        int begin = line.indexOf(ADDRESS);
        if (begin < 0) {
            return "";
        }
        String digits = hex(line, begin + ADDRESS.length());
        return digits.isEmpty() ? "" : "0x" + digits;
    }

    private static String hex(String line, int begin) {
        int end = begin;
        while (end < line.length() && end - begin < MOST_HEX_DIGITS && isHex(line.charAt(end))) {
            end++;
        }
        return line.substring(begin, end);
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }

    /// The name ends with the first quote that a blank follows.
    private static String thread(String line) {
        int begin = line.indexOf(THREAD);
        int end = begin < 0 ? -1 : line.indexOf("\" ", begin + THREAD.length());
        return end < 0 ? "" : clean(line.substring(begin + THREAD.length(), end));
    }

    /// Each line of the stack begins with a letter, which says what kind of code it is.
    private static boolean isFrame(String line) {
        return line.length() > 1
                && Character.isLetter(line.charAt(0))
                && Character.isWhitespace(line.charAt(1));
    }

    /// `libfoo.so+0x1a2b (run+0x10)` for `C  [libfoo.so+0x1a2b]  run+0x10`; empty for code that is not in a
    /// library.
    private static String frame(String line) {
        int open = line.indexOf('[');
        int close = line.indexOf(']');
        if (!(line.startsWith("C") || line.startsWith("V"))
                || open < 0
                || close < open
                || !line.substring(1, open).isBlank()) {
            return "";
        }
        String where = line.substring(open + 1, close);
        int plus = where.indexOf("+0x");
        if (where.length() > LONGEST
                || plus <= 0
                || where.indexOf('+') < plus
                || hex(where, plus + 3).isEmpty()) {
            return "";
        }
        String rest = line.substring(close + 1).strip();
        int end = rest.indexOf(' ');
        String symbol = end < 0 ? rest : rest.substring(0, end);
        return symbol.isEmpty() ? clean(where) : clean(where + " (" + symbol + ")");
    }

    /// `3` for `grafted (lane 3)`.
    private static int lane(String thread) {
        int begin = thread.lastIndexOf(LANE);
        if (begin < 0 || !thread.endsWith(")")) {
            return -1;
        }
        int lane = 0;
        for (int i = begin + LANE.length(); i < thread.length() - 1; i++) {
            char digit = thread.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            lane = lane * 10 + digit - '0';
            if (lane >= LinkLayout.MAX_LANES) {
                return -1;
            }
        }
        return begin + LANE.length() < thread.length() - 1 ? lane : -1;
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? '?' : c);
        }
        return text.length() > LONGEST ? clean.append("...").toString() : clean.toString();
    }
}
