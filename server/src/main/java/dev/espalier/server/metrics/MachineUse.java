package dev.espalier.server.metrics;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// How busy the machine's processors are and how full its memory is, as the kernel's `/proc` tells. Read
/// when somebody asks, because a server that nobody watches need not wake up for it.
public final class MachineUse {
    /// Of the first line of `/proc/stat` the columns that count waiting, not working.
    private static final int IDLE = 3;

    private static final int IO_WAIT = 4;

    /// Up to `steal`; the columns behind it count time of guests that `user` and `nice` hold already.
    private static final int COLUMNS = 8;

    private final Path proc;
    private final long intervalNanos;
    private final LongSupplier clock;
    private long lastRead;
    private long lastBusy;
    private long lastTotal;
    private double utilization;

    public MachineUse(Duration interval) {
        this(Path.of("/proc"), interval, System::nanoTime);
    }

    /// @param proc where the kernel's files are
    /// @param interval the least time over which utilization is measured
    /// @param clock gives nanoseconds
    MachineUse(Path proc, Duration interval, LongSupplier clock) {
        this.proc = proc;
        this.intervalNanos = interval.toNanos();
        this.clock = clock;
        lastRead = clock.getAsLong() - intervalNanos;
        measure();
    }

    /// Adds Triton's metrics of the machine; none that the kernel does not tell.
    public synchronized void write(MetricText text) {
        measure();
        text.metric("nv_cpu_utilization", "gauge", "CPU utilization rate [0.0 - 1.0]")
                .value("nv_cpu_utilization", utilization);
        Map<String, Long> memory = memory();
        Long total = memory.get("MemTotal");
        Long available = memory.get("MemAvailable");
        if (total != null && available != null) {
            gauge(text, "nv_cpu_memory_total_bytes", "CPU total memory (RAM), in bytes", total);
            gauge(
                    text,
                    "nv_cpu_memory_used_bytes",
                    "CPU used memory (RAM), in bytes",
                    total - available);
        }
    }

    private static void gauge(MetricText text, String name, String help, long value) {
        text.metric(name, "gauge", help).value(name, value);
    }

    /// Measures utilization since the last measurement, if that is long enough ago.
    private void measure() {
        long now = clock.getAsLong();
        if (now - lastRead < intervalNanos) {
            return;
        }
        lastRead = now;
        long idle = 0;
        long total = 0;
        String[] columns = first("stat").split(" +", -1);
        for (int i = 0; i < COLUMNS && i + 1 < columns.length; i++) {
            long ticks = Long.parseLong(columns[i + 1]);
            total += ticks;
            idle += i == IDLE || i == IO_WAIT ? ticks : 0;
        }
        long busy = total - idle;
        if (total > lastTotal) {
            // The kernel may count waiting for I/O backwards.
            utilization = Math.clamp((double) (busy - lastBusy) / (total - lastTotal), 0.0, 1.0);
        }
        lastBusy = busy;
        lastTotal = total;
    }

    private String first(String file) {
        try (BufferedReader reader = Files.newBufferedReader(proc.resolve(file))) {
            String line = reader.readLine();
            return line == null ? "" : line;
        } catch (IOException _) {
            return "";
        }
    }

    /// The lines of `/proc/meminfo`, in bytes.
    private Map<String, Long> memory() {
        Map<String, Long> memory = new HashMap<>();
        try {
            for (String line : Files.readAllLines(proc.resolve("meminfo"))) {
                String[] parts = line.split("[: ]+", -1);
                if (parts.length == 3 && parts[2].equals("kB")) {
                    memory.put(parts[0], Long.parseLong(parts[1]) * 1024);
                }
            }
        } catch (IOException _) {
            return Map.of();
        }
        return memory;
    }
}
