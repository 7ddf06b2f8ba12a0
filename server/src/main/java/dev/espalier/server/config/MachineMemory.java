package dev.espalier.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How much memory there is to use: the machine's, or the container's where that is less. Read from
/// files, because the JDK's management classes cost start-up time.
///
/// @param root the root of the file system, another one in tests
record MachineMemory(Path root) {
    /// Assumed where the kernel does not tell.
    static final long UNKNOWN = 4L << 30;

    long bytes() {
        long least = machine();
        for (String file :
                List.of("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")) {
            least = Math.min(least, limit(root.resolve(file)));
        }
        return least;
    }

    private long machine() {
        try {
            for (String line : Files.readAllLines(root.resolve("proc/meminfo"))) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
        return UNKNOWN;
    }

    /// The limit that the file holds; none where it is missing or says `max`.
    private static long limit(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
