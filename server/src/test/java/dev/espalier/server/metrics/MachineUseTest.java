package dev.espalier.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(10)
class MachineUseTest {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    @TempDir Path proc;

    private final AtomicLong clock = new AtomicLong(-5);

    @BeforeEach
    void bootsTheMachine() throws IOException {
        ticks("100 0 100 1000 0 0 0 0 0 0");
        Files.writeString(
                proc.resolve("meminfo"),
                """
                MemTotal:       1000 kB
                MemFree:          10 kB
                MemAvailable:    700 kB
                HugePages_Total:   0
                """);
    }

    private void ticks(String columns) throws IOException {
        Files.writeString(
                proc.resolve("stat"), "cpu  " + columns + "\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
    }

    private static String text(MachineUse use) {
        MetricText text = new MetricText();
        use.write(text);
        return text.toString();
    }

    @Test
    void tellsTheShareOfBusyTimeSinceTheLastReading() throws IOException {
        MachineUse use = new MachineUse(proc, INTERVAL, clock::get);
        // 30 of 100 ticks busy; what guests take up is counted once.
        ticks("110 10 105 1040 30 2 2 1 50 50");
        clock.addAndGet(INTERVAL.toNanos());

        assertThat(text(use)).contains("\nnv_cpu_utilization 0.300000\n");
    }

    @Test
    void keepsItsReadingForTheInterval() throws IOException {
        MachineUse use = new MachineUse(proc, INTERVAL, clock::get);
        String before = text(use);
        ticks("900 0 100 1000 0 0 0 0 0 0");
        clock.addAndGet(INTERVAL.toNanos() - 1);

        assertThat(text(use)).isEqualTo(before);
    }

    @Test
    void tellsMemoryThatProgramsCannotHave() {
        assertThat(text(new MachineUse(proc, INTERVAL, clock::get)))
                .contains("\nnv_cpu_memory_total_bytes 1024000\n")
                .contains("\nnv_cpu_memory_used_bytes 307200\n");
    }

    @Test
    void leavesOutWhatTheKernelDoesNotTell() throws IOException {
        Files.delete(proc.resolve("stat"));
        Files.delete(proc.resolve("meminfo"));

        assertThat(text(new MachineUse(proc, INTERVAL, clock::get)))
                .contains("nv_cpu_utilization 0")
                .doesNotContain("nv_cpu_memory");
    }

    @Test
    void readsThisMachine() {
        assertThat(text(new MachineUse(Duration.ZERO)))
                .containsPattern("\nnv_cpu_memory_used_bytes [1-9]");
    }
}
