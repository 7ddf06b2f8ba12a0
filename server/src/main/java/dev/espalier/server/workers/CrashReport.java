package dev.espalier.server.workers;

import dev.espalier.link.ForeignFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a JVM wrote about its own crash: the signal, where it fell, and on which thread. The file lies where a worker
/// may write, so it may hold anything ([CrashReportReader]).
///
/// @param signal its name
/// @param address the address that could not be used, such as `0x0000000000000000`; empty where the report
///     names none
/// @param frames where the code was, innermost first: `libfoo.so+0x1a2b` or `libfoo.so+0x1a2b (run+0x10)`
/// @param thread the Java thread's name; empty for a thread that the engine or an op made
/// @param lane the lane whose instance the thread runs; -1 where it is no instance's thread
record CrashReport(String signal, String address, List<String> frames, String thread, int lane) {
    /// The most that is read of a report.
    static final int MOST_BYTES = 1 << 20;

    CrashReport {
        frames = List.copyOf(frames);
    }

    /// The report in `file`, or null where there is none that names a signal.
    static @Nullable CrashReport read(Path file) {
        try {
            return parse(new String(ForeignFile.head(file, MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return null;
        }
    }

    static @Nullable CrashReport parse(String text) {
        return new CrashReportReader().read(text);
    }

    /// Where it fell, in words, such as `at address 0x0 in libfoo.so+0x1a2b (run+0x10)`. Where the code
    /// was not an op's own, the op that called it is told too.
    ///
    /// @param opLibraries the file names of the op set
    String place(Set<String> opLibraries) {
        StringBuilder text = new StringBuilder();
        if (!address.isEmpty()) {
            text.append(" at address 0x").append(significant(address.substring(2)));
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

    private static String significant(String digits) {
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return digits.substring(zeros);
    }

    private static String library(String frame) {
        return frame.substring(0, frame.indexOf('+'));
    }
}
