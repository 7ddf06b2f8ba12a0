package dev.espalier.server.ops;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.Candidate.Unusable;
import dev.espalier.server.ops.Candidate.Usable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// Chooses the op libraries of model versions: finds those that come into question, takes a copy of each,
/// looks into it, and lets needs meet provisions. Nothing of a library runs in this process.
///
/// Safe for use by several threads.
public final class OpLibraries {
    private final OpStore store;
    private final LibraryInspector inspector;

    /// Files that could not be used when they were looked at last.
    private final Map<Path, Unusable> refused = new ConcurrentSkipListMap<>();

    public OpLibraries(OpStore store, LibraryInspector inspector) {
        this.store = store;
        this.inspector = inspector;
    }

    /// Which libraries a model version runs with.
    ///
    /// @param named the names in the model's `model_operations`
    /// @throws ServingException when a named library is not there, or a place cannot be read
    public Resolution resolve(LibraryFinder.Site site, List<String> named, OpNeeds needs)
            throws ServingException, InterruptedException {
        List<Candidate> candidates = new ArrayList<>();
        for (Located located : new LibraryFinder(site).find(named)) {
            candidates.add(candidate(located));
        }
        return new OpResolver(candidates).resolve(needs);
    }

    /// The files that could not be used when they were looked at last, and are still there.
    public List<Unusable> refused() {
        return refused.values().stream()
                .filter(library -> Files.exists(library.located().file()))
                .toList();
    }

    /// A library, looked into.
    public Candidate candidate(Located located) throws InterruptedException {
        Candidate candidate = lookInto(located);
        switch (candidate) {
            case Unusable unusable -> refused.put(located.file(), unusable);
            case Usable _ -> refused.remove(located.file());
        }
        return candidate;
    }

    private Candidate lookInto(Located located) throws InterruptedException {
        String name = String.valueOf(located.file().getFileName());
        OpLibrary library;
        try {
            library = store.keep(located.file());
        } catch (ServingException failure) {
            Fault fault =
                    inspector
                            .fault(located.file())
                            .orElseGet(() -> new FileFault.NotReadable(failure.text()));
            return new Unusable(located, name, fault);
        }
        return switch (inspector.inspect(library)) {
            case Inspection.Provides(var ops) -> new Usable(located, library, ops);
            case Fault fault -> new Unusable(located, library.label(), fault);
        };
    }
}
