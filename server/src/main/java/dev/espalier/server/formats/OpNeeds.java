package dev.espalier.server.formats;

import dev.espalier.tensor.OpNeed;
import java.util.Set;

/// The ops that a model uses, and of which engine.
///
/// @param custom those that op libraries must provide
/// @param standard those that the engine has itself, or whose absence it tells; a library may replace them
/// @param engineVersion the only one that loads the model; empty where any does
public record OpNeeds(Set<OpNeed> custom, Set<OpNeed> standard, String engineVersion) {
    /// Of a model whose ops are all the engine's.
    public static final OpNeeds NONE = new OpNeeds(Set.of(), Set.of());

    /// Of a model that any version of its engine loads.
    public OpNeeds(Set<OpNeed> custom, Set<OpNeed> standard) {
        this(custom, standard, "");
    }

    public OpNeeds {
        custom = Set.copyOf(custom);
        standard = Set.copyOf(standard);
    }
}
