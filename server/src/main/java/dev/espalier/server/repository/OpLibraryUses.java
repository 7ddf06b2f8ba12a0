package dev.espalier.server.repository;

import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.ops.Resolution.Met;
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
        private final Usable library;
        private final String engine;
        private final Set<String> places = new TreeSet<>();
        private final Set<OpLibraryUse.Model> models = new LinkedHashSet<>();
        private final Set<WorkerHost> workers = new LinkedHashSet<>();
        private final Set<OpLibraryUse.Shadow> shadows = new LinkedHashSet<>();
        private long loadNanos;

        Use(Usable library, String engine) {
            this.library = library;
            this.engine = engine;
        }
    }

    void add(LoadedVersion version) {
        for (Usable chosen : version.definition().choice().libraries()) {
            Use use =
                    byHash.computeIfAbsent(
                            chosen.library().sha256(),
                            _ -> new Use(chosen, version.config().getBackend()));
            use.places.add(chosen.located().file().toString());
            use.models.add(
                    new OpLibraryUse.Model(
                            version.config().getName(), Long.toString(version.number())));
            use.workers.add(version.host());
            use.loadNanos = Math.max(use.loadNanos, version.loadNanos());
        }
        version.definition().choice().origins().forEach(this::addShadows);
    }

    private void addShadows(Met origin) {
        Use use = byHash.get(origin.by().library().sha256());
        if (use == null) {
            throw new IllegalStateException(origin.by().label() + " provides an op, unchosen");
        }
        for (Usable shadowed : origin.shadowed()) {
            use.shadows.add(
                    new OpLibraryUse.Shadow(
                            origin.op().op().toString(),
                            shadowed.label(),
                            shadowed.located().file().toString()));
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
        OpLibrary library = use.library.library();
        return new OpLibraryUse(
                String.valueOf(library.source().getFileName()),
                library.sha256(),
                use.engine,
                use.library.ops().stream().map(op -> op.op().toString()).distinct().toList(),
                List.copyOf(use.places),
                List.copyOf(use.models),
                use.workers.stream()
                        .map(host ->
                                new OpLibraryUse.Worker(host.label(), host.pid(), host.deaths()))
                        .toList(),
                List.copyOf(use.shadows),
                TimeUnit.NANOSECONDS.toMicros(use.loadNanos));
    }
}
