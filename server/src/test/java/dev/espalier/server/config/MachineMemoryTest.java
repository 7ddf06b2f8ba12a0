package dev.espalier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MachineMemoryTest {
    @TempDir private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.resolveSibling("."));
        Files.writeString(path, text);
    }

    @Test
    void readsTheMachinesMemory() throws Exception {
        write("proc/meminfo", "MemTotal:       2048 kB\nMemFree:        1024 kB\n");
        write("sys/fs/cgroup/memory.max", "max\n");

        assertThat(new MachineMemory(root).bytes()).isEqualTo(2048 * 1024);
    }

    @Test
    void readsTheContainersLimitWhereItIsLess() throws Exception {
        write("proc/meminfo", "MemTotal:       2048 kB\n");
        write("sys/fs/cgroup/memory.max", "1000000\n");

        assertThat(new MachineMemory(root).bytes()).isEqualTo(1_000_000);

        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "900000\n");
        assertThat(new MachineMemory(root).bytes()).isEqualTo(900_000);
    }

    @Test
    void assumesSomethingWhereTheKernelDoesNotTell() throws Exception {
        assertThat(new MachineMemory(root).bytes()).isEqualTo(MachineMemory.UNKNOWN);

        write("proc/meminfo", "nothing\n");
        assertThat(new MachineMemory(root).bytes()).isEqualTo(MachineMemory.UNKNOWN);
    }
}
