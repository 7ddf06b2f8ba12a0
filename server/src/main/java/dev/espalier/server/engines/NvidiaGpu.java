package dev.espalier.server.engines;

import dev.espalier.server.workers.SandboxNeeds;
import java.nio.file.Path;
import java.util.List;

/// What engines need that compute on the first GPU of NVIDIA's.
public final class NvidiaGpu {
    /// How the names of its environment variables begin.
    public static final List<String> ENVIRONMENT = List.of("CUDA_", "NVIDIA_");

    /// The driver looks for its devices, writes to them, and shares memory with itself.
    public static final SandboxNeeds SANDBOX =
            new SandboxNeeds(
                    List.of(Path.of("/sys")),
                    List.of(
                            Path.of("/dev/nvidia0"),
                            Path.of("/dev/nvidiactl"),
                            Path.of("/dev/nvidia-uvm"),
                            // It names its threads.
                            Path.of("/proc/self/task")),
                    true);

    private NvidiaGpu() {}
}
