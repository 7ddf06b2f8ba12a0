package dev.espalier.server.ops;

import dev.espalier.server.ops.Candidate.Unusable;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.tensor.OpNeed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which library gives a model version each op that it needs, and what is in the way.
///
/// @param engine what the libraries were tried with
/// @param candidates all libraries that came into question, nearest first
/// @param needs what became of each op that is not the engine's own, in the order of their names
/// @param clashes ops that the libraries that are chosen would register twice
public record Resolution(
        EngineVersion engine,
        List<Candidate> candidates,
        List<Need> needs,
        List<RegistryClash> clashes) {
    public Resolution {
        candidates = List.copyOf(candidates);
        needs = List.copyOf(needs);
        clashes = List.copyOf(clashes);
    }

    /// What became of a needed op.
    public sealed interface Need {
        OpNeed op();
    }

    /// A library provides it.
    ///
    /// @param shadowed libraries farther away that provide it too
    public record Met(OpNeed op, Usable by, List<Usable> shadowed) implements Need {
        public Met {
            shadowed = List.copyOf(shadowed);
        }
    }

    /// Several libraries provide it, equally near.
    public record Ambiguous(OpNeed op, List<Usable> by) implements Need {
        public Ambiguous {
            by = List.copyOf(by);
        }
    }

    /// No library provides it.
    ///
    /// @param nearMiss what was probably meant, such as `did you mean a:B (libx.so@12345678)?`; empty for
    ///     no idea
    public record Missing(OpNeed op, String nearMiss) implements Need {}

    /// The libraries that the version runs with: those that provide a needed op, and those that it names.
    public OpChoice choice() {
        List<Met> origins = new ArrayList<>();
        Set<String> providing = new HashSet<>();
        for (Need need : needs) {
            if (need instanceof Met met) {
                origins.add(met);
                providing.add(met.by.library().sha256());
            }
        }
        List<Usable> libraries = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (candidate instanceof Usable usable
                    && (usable.located().named()
                            || providing.contains(usable.library().sha256()))) {
                libraries.add(usable);
            }
        }
        return new OpChoice(engine, libraries, origins);
    }

    public OpSet ops() {
        return choice().ops();
    }

    /// Whether a library cannot be used because it was built for another version of the engine.
    public boolean hasOtherVersions() {
        return candidates.stream()
                .anyMatch(candidate ->
                        candidate instanceof Unusable unusable
                                && unusable.fault() instanceof BuildFault fault
                                && fault.otherVersion());
    }

    /// The model's own libraries that cannot be used: they were put there to be used.
    List<Unusable> broken() {
        return unusable(true);
    }

    /// Libraries for all models that cannot be used, which is of interest when an op is missing.
    List<Unusable> brokenElsewhere() {
        return unusable(false);
    }

    private List<Unusable> unusable(boolean own) {
        List<Unusable> unusable = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (candidate instanceof Unusable broken && broken.located().distance().own() == own) {
                unusable.add(broken);
            }
        }
        return unusable;
    }
}
