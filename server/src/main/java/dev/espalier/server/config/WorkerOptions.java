package dev.espalier.server.config;

import java.nio.file.Path;
import java.util.List;

/// What workers are made of, and where things are kept.
///
/// @param requestMemoryBytes the byte budget of all workers' request memory together
/// @param home the folder of the distribution, absolute; `lib/` and `engines/` are in it
/// @param stateDirectory absolute; may not exist yet
/// @param engineDirectory the folder of the engine packs, absolute
/// @param javaOptions further options of the workers' JVMs
public record WorkerOptions(
        long requestMemoryBytes,
        Path home,
        Path stateDirectory,
        Path engineDirectory,
        List<String> javaOptions) {
    public WorkerOptions {
        javaOptions = List.copyOf(javaOptions);
    }
}
