package dev.espalier.server.ops;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.Candidate.Unusable;
import dev.espalier.server.ops.Candidate.Usable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Chooses the op libraries of model versions: finds those that come into question, takes a copy of each,
/// looks into it, and lets needs meet provisions. Nothing of a library runs in this process.
///
/// Safe for use by several threads.
public final class OpLibraries {
    private final OpStore store;
    private final LibraryReader reader;
    private final LibraryEngines marks;
    private final EngineVersions engines;

    /// Files that could not be used when they were looked at last.
    private final Map<Path, Unusable> refused = new ConcurrentSkipListMap<>();

    public OpLibraries(OpStore store, LibraryReader reader, EngineVersions engines) {
        this.store = store;
        this.reader = reader;
        this.marks = new LibraryEngines(reader);
        this.engines = engines;
    }

    /// The engine versions that models may run with.
    public EngineVersions engines() {
        return engines;
    }

    /// Which libraries a model version runs with.
    ///
    /// @param engine the model's
    /// @param named the names in the model's `model_operations`
    /// @throws ServingException when a named library is not there, or a place cannot be read
    public Resolution resolve(
            LibraryFinder.Site site, EngineVersion engine, List<String> named, OpNeeds needs)
            throws ServingException, InterruptedException {
        List<Candidate> candidates = new ArrayList<>();
        Set<Path> needed = new HashSet<>();
        for (Located located : new LibraryFinder(site).find(named)) {
            lookInto(located, engine, needed).ifPresent(candidates::add);
        }
        candidates.removeIf(candidate -> isPart(candidate, needed));
        candidates.forEach(this::remember);
        return new OpResolver(engine, reader.engines().rules(engine.engine()), candidates)
                .resolve(needs);
    }

    /// The files that could not be used when they were looked at last, and are still there.
    public List<Unusable> refused() {
        return refused.values().stream()
                .filter(library -> Files.exists(library.located().file()))
                .toList();
    }

    /// A library, looked into with the engine that it is for, in the version that models get by default.
    public Candidate candidate(Located located) throws ServingException, InterruptedException {
        return lookInto(located, null, new HashSet<>()).orElseThrow();
    }

    /// Whether it only lies among op libraries because one of them needs it.
    private static boolean isPart(Candidate candidate, Set<Path> needed) {
        return candidate instanceof Unusable(Located located, _, FileFault.NoOpMark _)
                && !located.named()
                && needed.contains(located.file().toAbsolutePath().normalize());
    }

    private void remember(Candidate candidate) {
        if (candidate instanceof Unusable unusable) {
            refused.put(unusable.located().file(), unusable);
        } else {
            refused.remove(candidate.located().file());
        }
    }

    /// Looks into a library with a model's engine; empty where it is for other engines' models and only happens
    /// to lie where this one may look.
    ///
    /// @param engine null for the one that the library is for
    /// @param needed gets the files without which op libraries cannot be opened
    private Optional<Candidate> lookInto(
            Located located, @Nullable EngineVersion engine, Set<Path> needed)
            throws ServingException, InterruptedException {
        if (reader.read(located.file())
                instanceof LibraryFile.Faulty(FileFault.EngineLibrary fault)) {
            boolean meant = engine == null || located.named();
            String name = String.valueOf(located.file().getFileName());
            return meant ? Optional.of(new Unusable(located, name, fault)) : Optional.empty();
        }
        OpLibrary library;
        try {
            library = store.keep(located.file(), located.beside());
        } catch (ServingException failure) {
            Fault fault =
                    inspector(engine, List.of())
                            .fault(located.file())
                            .orElseGet(() -> new FileFault.NotReadable(failure.text()));
            String name = String.valueOf(located.file().getFileName());
            return Optional.of(new Unusable(located, name, fault));
        }
        List<OpEngine> found = marks.of(library);
        if (!found.isEmpty()) {
            library.parts().stream()
                    .filter(OpLibrary.Part::needed)
                    .forEach(part -> needed.add(part.source()));
        }
        boolean fits =
                found.isEmpty()
                        || found.stream()
                                .map(OpEngine::name)
                                .anyMatch(
                                        engine == null
                                                ? engines.engines()::contains
                                                : engine.engine()::equals);
        if (!fits) {
            boolean meant = engine == null || located.named() || located.distance().own();
            return meant
                    ? Optional.of(
                            new Unusable(
                                    located,
                                    library.label(),
                                    new FileFault.OtherEngine(found, expected(engine))))
                    : Optional.empty();
        }
        return Optional.of(
                switch (inspector(engine, found).inspect(library)) {
                    case Inspection.Provides(var ops) -> new Usable(located, library, ops);
                    case Fault fault -> new Unusable(located, library.label(), fault);
                });
    }

    private LibraryInspector inspector(@Nullable EngineVersion engine, List<OpEngine> found)
            throws ServingException {
        if (engine != null) {
            return engines.inspector(engine);
        }
        String meant =
                found.stream()
                        .map(OpEngine::name)
                        .filter(engines.engines()::contains)
                        .findFirst()
                        .orElse(engines.engines().getFirst());
        return engines.inspector(engines.standard(meant));
    }

    private String expected(@Nullable EngineVersion engine) {
        return engine == null ? String.join(" or ", engines.engines()) : engine.engine();
    }
}
