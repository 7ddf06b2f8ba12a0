package dev.espalier.server.repository;

import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.workers.WorkerHost;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Gathers which model uses which op library, in which worker.
final class OpLibraryUses {
    private final Map<String, Use> byHash = new TreeMap<>();

    private static final class Use {
        private final OpLibrary library;
        private final String engine;
        private final Set<String> places = new TreeSet<>();
        private final Set<OpLibraryUse.Model> models = new LinkedHashSet<>();
        private final Set<WorkerHost> workers = new LinkedHashSet<>();
        private long loadNanos;

        Use(OpLibrary library, String engine) {
            this.library = library;
            this.engine = engine;
        }
    }

    void add(LoadedVersion version) {
        for (OpLibrary library : version.definition().ops().libraries()) {
            Use use =
                    byHash.computeIfAbsent(
                            library.sha256(), _ -> new Use(library, version.config().getBackend()));
            use.places.add(library.source().toString());
            use.models.add(
                    new OpLibraryUse.Model(
                            version.config().getName(), Long.toString(version.number())));
            use.workers.add(version.host());
            use.loadNanos = Math.max(use.loadNanos, version.loadNanos());
        }
    }

    List<OpLibraryUse> list() {
        return byHash.values().stream()
                .map(OpLibraryUses::described)
                .sorted(
                        Comparator.comparing(OpLibraryUse::name)
                                .thenComparing(OpLibraryUse::sha256))
                .toList();
    }

    private static OpLibraryUse described(Use use) {
        return new OpLibraryUse(
                String.valueOf(use.library.source().getFileName()),
                use.library.sha256(),
                use.engine,
                List.copyOf(use.places),
                List.copyOf(use.models),
                use.workers.stream()
                        .map(host ->
                                new OpLibraryUse.Worker(host.label(), host.pid(), host.deaths()))
                        .toList(),
                TimeUnit.NANOSECONDS.toMicros(use.loadNanos));
    }
}
