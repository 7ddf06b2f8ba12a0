package dev.espalier.server.ops;

import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.server.ops.Resolution.Met;
import java.util.List;

/// The engine version and the op libraries that a model version runs with, and what they are there for.
///
/// @param libraries those that provide a needed op, and those that the model names, nearest first
/// @param origins where each needed op comes from, and what that hides
public record OpChoice(EngineVersion engine, List<Usable> libraries, List<Met> origins) {
    public OpChoice {
        libraries = List.copyOf(libraries);
        origins = List.copyOf(origins);
    }

    public OpSet ops() {
        return new OpSet(libraries.stream().map(Usable::library).toList());
    }
}
