package dev.espalier.server.ops;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// What becomes of one name in `LD_PRELOAD`.
public sealed interface Preload {
    /// What the log says of it.
    String text();

    /// An op library: no process preloads it; it is one of the server's, for models of its engines.
    ///
    /// @param file absolute
    record Ops(String name, Path file, List<String> engines, String engineNames)
            implements Preload {
        public Ops {
            engines = List.copyOf(engines);
        }

        static Ops of(String name, Path file, List<OpEngine> engines) {
            return new Ops(
                    name,
                    file.toAbsolutePath().normalize(),
                    engines.stream().map(OpEngine::name).toList(),
                    engines.stream().map(OpEngine::title).collect(Collectors.joining(", ")));
        }

        @Override
        public String text() {
            return "object '%s' from LD_PRELOAD has ops for %s: %s is for all models, as with --op-library"
                    .formatted(name, engineNames, file);
        }
    }

    /// A library of something else, such as an allocator: the loader gives it to the server's process.
    record Other(String name) implements Preload {
        @Override
        public String text() {
            return ("object '%s' from LD_PRELOAD is in the server's process, and not in workers"
                            + " (--worker-environment=LD_PRELOAD puts it there too)")
                    .formatted(name);
        }
    }

    /// Nothing that a process could load.
    ///
    /// @param reason as the loader says it, or as it is said of op libraries
    record Ignored(String name, String reason) implements Preload {
        @Override
        public String text() {
            return "object '%s' from LD_PRELOAD cannot be preloaded (%s): ignored"
                    .formatted(name, reason);
        }
    }
}
