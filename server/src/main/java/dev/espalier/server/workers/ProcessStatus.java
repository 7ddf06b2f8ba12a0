package dev.espalier.server.workers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the kernel says of a running process, from `/proc/<pid>/status`.
///
/// @param ownBytes memory of its own: anonymous and swapped; neither files nor the link's memory
/// @param sharedBytes shared memory that it has touched, the link's included
record ProcessStatus(long ownBytes, long sharedBytes, int threads) {
    /// The status of the process `pid`, or null where it is gone.
    static @Nullable ProcessStatus of(long pid) {
        try {
            return parse(
                    new String(
                            Files.readAllBytes(Path.of("/proc", Long.toString(pid), "status")),
                            StandardCharsets.ISO_8859_1));
        } catch (IOException _) {
            return null;
        }
    }

    static ProcessStatus parse(String text) {
        return new ProcessStatus(
                (number(text, "\nRssAnon:") + number(text, "\nVmSwap:")) << 10,
                number(text, "\nRssShmem:") << 10,
                (int) number(text, "\nThreads:"));
    }

    private static long number(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            return 0;
        }
        long number = 0;
        for (int i = at + name.length(); i < text.length() && text.charAt(i) != '\n'; i++) {
            char digit = text.charAt(i);
            if (digit >= '0' && digit <= '9') {
                number = 10 * number + digit - '0';
            }
        }
        return number;
    }
}
