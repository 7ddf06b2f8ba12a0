package dev.espalier.server.workers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The environment variables that a worker gets: of the server's own only those that are known to concern
/// it. What changes how programs are loaded (`LD_PRELOAD`, `JAVA_TOOL_OPTIONS`) and what is nobody
/// else's business (tokens, proxies) stays with the server.
final class WorkerEnvironment {
    private static final Set<String> NAMES =
            Set.of("PATH", "LANG", "LANGUAGE", "TZ", "TZDIR", "LD_LIBRARY_PATH");

    /// Language, and the settings of the libraries that engines compute with.
    private static final List<String> PREFIXES =
            List.of("LC_", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_");

    private final Set<String> names = new HashSet<>(NAMES);
    private final List<String> prefixes = new ArrayList<>(PREFIXES);

    /// @param further names of variables that the user wants workers to have
    /// @param engines how the names begin of those that concern engines
    WorkerEnvironment(List<String> further, List<String> engines) {
        names.addAll(further);
        prefixes.addAll(engines);
    }

    /// Turns the server's environment into that of a worker with the folder `folder`.
    void scrub(Map<String, String> environment, Path folder) {
        environment.keySet().removeIf(name -> !isInherited(name));
        environment.put("HOME", folder.toString());
        environment.put("TMPDIR", folder.toString());
    }

    private boolean isInherited(String name) {
        return names.contains(name) || prefixes.stream().anyMatch(name::startsWith);
    }
}
