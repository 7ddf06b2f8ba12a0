package dev.espalier.server.engines;

import dev.espalier.server.engines.Nvml.Gpu;
import dev.espalier.server.metrics.MetricText;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How busy NVIDIA's GPUs are, by Triton's names. The driver is asked when somebody asks, and its library opened
/// then: a server that nobody watches needs neither.
public final class GpuUse {
    private static final double PERCENT = 100;
    private static final double MILLI = 1000;

    private boolean opened;
    private @Nullable Nvml driver;

    /// Millijoules at the first look, by the GPU's name.
    private final Map<String, Long> firstEnergy = new HashMap<>();

    /// Adds the metrics of each GPU; none where there is none, and none that a GPU does not tell.
    public synchronized void write(MetricText text) {
        if (!opened) {
            opened = true;
            driver = Nvml.open();
        }
        Nvml known = driver;
        if (known != null) {
            write(text, known);
        }
    }

    private void write(MetricText text, Nvml known) {
        String name = "nv_gpu_utilization";
        text.metric(name, "gauge", "Share of time in which a kernel ran on the GPU [0.0 - 1.0]");
        scaled(text, known, name, PERCENT, known::utilization);
        name = "nv_gpu_memory_total_bytes";
        text.metric(name, "gauge", "All memory of the GPU, in bytes");
        whole(text, known, name, known::memory);
        name = "nv_gpu_memory_used_bytes";
        text.metric(name, "gauge", "Memory of the GPU in use, by all processes, in bytes");
        whole(text, known, name, known::usedMemory);
        name = "nv_gpu_power_usage";
        text.metric(name, "gauge", "Power that the GPU takes, in watts");
        scaled(text, known, name, MILLI, known::powerUsage);
        name = "nv_gpu_power_limit";
        text.metric(name, "gauge", "Power that the GPU may take, in watts");
        scaled(text, known, name, MILLI, known::powerLimit);
        name = "nv_energy_consumption";
        text.metric(name, "counter", "Energy that the GPU took since the first look, in joules");
        scaled(text, known, name, MILLI, gpu -> sinceFirst(gpu, known.energy(gpu)));
    }

    private OptionalLong sinceFirst(Gpu gpu, OptionalLong energy) {
        return energy.isPresent()
                ? OptionalLong.of(
                        energy.getAsLong()
                                - firstEnergy.computeIfAbsent(gpu.uuid(), _ -> energy.getAsLong()))
                : energy;
    }

    private static void whole(
            MetricText text, Nvml known, String name, Function<Gpu, OptionalLong> value) {
        for (Gpu gpu : known.gpus()) {
            value.apply(gpu).ifPresent(told -> text.value(name, told, "gpu_uuid", gpu.uuid()));
        }
    }

    /// @param unit what the metric's unit has of the driver's
    private static void scaled(
            MetricText text,
            Nvml known,
            String name,
            double unit,
            Function<Gpu, OptionalLong> value) {
        for (Gpu gpu : known.gpus()) {
            value.apply(gpu)
                    .ifPresent(told -> text.value(name, told / unit, "gpu_uuid", gpu.uuid()));
        }
    }
}
