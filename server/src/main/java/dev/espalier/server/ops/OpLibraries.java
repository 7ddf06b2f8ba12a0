package dev.espalier.server.ops;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.Candidate.Unusable;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.server.ops.elf.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/// Chooses the op libraries of model versions: finds those that come into question, takes a copy of each,
/// looks into it, and lets needs meet provisions. Nothing of a library runs in this process.
///
/// Safe for use by several threads.
public final class OpLibraries {
    private final OpStore store;
    private final LibraryEngines engines;
    private final Map<String, LibraryInspector> inspectors;

    /// Files that could not be used when they were looked at last.
    private final Map<Path, Unusable> refused = new ConcurrentSkipListMap<>();

    /// @param inspectors by engine; not empty
    public OpLibraries(OpStore store, Machine machine, Map<String, LibraryInspector> inspectors) {
        this.store = store;
        this.engines = new LibraryEngines(machine);
        this.inspectors = new TreeMap<>(inspectors);
    }

    /// Which libraries a model version runs with.
    ///
    /// @param engine the model's
    /// @param named the names in the model's `model_operations`
    /// @throws ServingException when a named library is not there, or a place cannot be read
    public Resolution resolve(
            LibraryFinder.Site site, String engine, List<String> named, OpNeeds needs)
            throws ServingException, InterruptedException {
        List<Candidate> candidates = new ArrayList<>();
        for (Located located : new LibraryFinder(site).find(named)) {
            candidate(located, engine).ifPresent(candidates::add);
        }
        return new OpResolver(candidates, OpMark.hasOneRegistry(engine)).resolve(needs);
    }

    /// The files that could not be used when they were looked at last, and are still there.
    public List<Unusable> refused() {
        return refused.values().stream()
                .filter(library -> Files.exists(library.located().file()))
                .toList();
    }

    /// A library, looked into with the engine that it is for.
    public Candidate candidate(Located located) throws InterruptedException {
        return lookInto(located, "").orElseThrow();
    }

    /// A library, looked into with a model's engine; empty where it is for other engines' models and only happens
    /// to lie where this one may look.
    private Optional<Candidate> candidate(Located located, String engine)
            throws InterruptedException {
        Optional<Candidate> candidate = lookInto(located, engine);
        if (candidate.isPresent() && candidate.get() instanceof Unusable unusable) {
            refused.put(located.file(), unusable);
        } else {
            refused.remove(located.file());
        }
        return candidate;
    }

    /// @param engine empty for the one that the library is for
    private Optional<Candidate> lookInto(Located located, String engine)
            throws InterruptedException {
        OpLibrary library;
        try {
            library = store.keep(located.file());
        } catch (ServingException failure) {
            Fault fault =
                    inspectors
                            .values()
                            .iterator()
                            .next()
                            .fault(located.file())
                            .orElseGet(() -> new FileFault.NotReadable(failure.text()));
            String name = String.valueOf(located.file().getFileName());
            return Optional.of(new Unusable(located, name, fault));
        }
        List<OpMark> marks = engines.of(library);
        boolean fits =
                marks.isEmpty()
                        || marks.stream()
                                .map(OpMark::engine)
                                .anyMatch(
                                        engine.isEmpty()
                                                ? inspectors::containsKey
                                                : engine::equals);
        if (!fits) {
            boolean meant = engine.isEmpty() || located.named() || located.distance().own();
            return meant
                    ? Optional.of(
                            new Unusable(
                                    located,
                                    library.label(),
                                    new FileFault.OtherEngine(marks, expected(engine))))
                    : Optional.empty();
        }
        return Optional.of(
                switch (inspector(engine, marks).inspect(library)) {
                    case Inspection.Provides(var ops) -> new Usable(located, library, ops);
                    case Fault fault -> new Unusable(located, library.label(), fault);
                });
    }

    private LibraryInspector inspector(String engine, List<OpMark> marks) {
        return Stream.concat(Stream.of(engine), marks.stream().map(OpMark::engine))
                .filter(inspectors::containsKey)
                .map(inspectors::get)
                .findFirst()
                .orElseGet(() -> inspectors.values().iterator().next());
    }

    private String expected(String engine) {
        return engine.isEmpty() ? String.join(" or ", inspectors.keySet()) : engine;
    }
}
