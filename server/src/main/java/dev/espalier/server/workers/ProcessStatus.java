package dev.espalier.server.workers;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What the kernel says of a running process, from `/proc/<pid>/status`.
///
/// It is asked twenty times a second for each worker, so it is read into a buffer of the caller's and leaves
/// no text behind: a server whose heap fills while it does nothing is never quiet enough to give memory back.
///
/// @param ownBytes memory of its own: anonymous, swapped, page tables; neither files nor the link's memory
/// @param sharedBytes shared memory that it has touched, the link's included
record ProcessStatus(long ownBytes, long sharedBytes, int threads) {
    private static final int MOST_THREADS = 2_000;
    private static final int LONGEST = 8192;
    private static final byte[] ANONYMOUS = name("RssAnon");
    private static final byte[] SWAPPED = name("VmSwap");
    private static final byte[] PAGE_TABLES = name("VmPTE");
    private static final byte[] SHARED = name("RssShmem");
    private static final byte[] THREADS = name("Threads");

    private static byte[] name(String field) {
        return ("\n" + field + ":").getBytes(StandardCharsets.US_ASCII);
    }

    /// A buffer for [#of].
    static byte[] buffer() {
        return new byte[LONGEST];
    }

    /// The status of the process `pid`, or null where it is gone.
    ///
    /// @param buffer to read into
    static @Nullable ProcessStatus of(long pid, byte[] buffer) {
        try (InputStream file = new FileInputStream("/proc/" + pid + "/status")) {
            return parse(buffer, Math.max(0, file.read(buffer)));
        } catch (IOException _) {
            return null;
        }
    }

    /// Whether its memory cannot be seen, since its first thread has ended and others live on. For a moment that is so
    /// while any process ends.
    boolean isHidden() {
        return ownBytes == 0 && threads > 1;
    }

    /// What the process must be ended for; null for nothing.
    ///
    /// @param memoryLimit bytes that it may have; 0 for any number
    /// @param linkBytes of shared memory that are not its own
    @Nullable DeathCause overrun(long memoryLimit, long linkBytes) {
        long shared = Math.max(0, sharedBytes - linkBytes);
        if (memoryLimit > 0 && ownBytes + shared > memoryLimit) {
            return new DeathCause.TooMuchMemory(memoryLimit);
        }
        return threads > MOST_THREADS ? new DeathCause.TooManyThreads(MOST_THREADS) : null;
    }

    private static ProcessStatus parse(byte[] text, int length) {
        return new ProcessStatus(
                (number(text, length, ANONYMOUS)
                                + number(text, length, SWAPPED)
                                + number(text, length, PAGE_TABLES))
                        << 10,
                number(text, length, SHARED) << 10,
                (int) number(text, length, THREADS));
    }

    private static long number(byte[] text, int length, byte[] name) {
        int end = length - name.length;
        for (int at = 0; at <= end; at++) {
            if (text[at] == '\n'
                    && Arrays.equals(text, at, at + name.length, name, 0, name.length)) {
                return number(text, length, at + name.length);
            }
        }
        return 0;
    }

    private static long number(byte[] text, int length, int from) {
        long number = 0;
        for (int i = from; i < length && text[i] != '\n'; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                number = 10 * number + text[i] - '0';
            }
        }
        return number;
    }
}
