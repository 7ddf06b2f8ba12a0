package dev.espalier.server.workers;

import dev.espalier.server.formats.ModelFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The files that the NVIDIA driver writes to in a process that uses the first GPU.
final class GpuFiles {
    private static final List<Path> FILES =
            List.of(
                    Path.of("/dev/nvidia0"),
                    Path.of("/dev/nvidiactl"),
                    Path.of("/dev/nvidia-uvm"),
                    // It names its threads.
                    Path.of("/proc/self/task"));

    private GpuFiles() {}

    /// Those that a confined worker of an engine may write to: none where it computes on the CPU, or the machine
    /// has no GPU.
    static List<Path> of(EnginePack pack) {
        return pack.engine().engine().equals(ModelFormat.PLAN.backend())
                        && FILES.stream().allMatch(Files::exists)
                ? FILES
                : List.of();
    }
}
