package dev.espalier.server.formats;

import dev.espalier.tensor.OpNeed;
import java.util.Set;

/// The ops that a model uses, and of which engine.
///
/// @param custom those that op libraries must provide
/// @param standard those that the engine has itself, or whose absence it tells; a library may replace them
/// @param engineVersion the only one that loads the model; empty where any does
/// @param known false where they cannot be read: then each op of each library may be needed, and the engine tells
///     what it lacks
public record OpNeeds(
        Set<OpNeed> custom, Set<OpNeed> standard, String engineVersion, boolean known) {
    /// Of a model whose ops are all the engine's.
    public static final OpNeeds NONE = new OpNeeds(Set.of(), Set.of());

    /// Of a model whose ops cannot be read.
    public static final OpNeeds UNREADABLE = new OpNeeds(Set.of(), Set.of(), "", false);

    /// Of a model that any version of its engine loads.
    public OpNeeds(Set<OpNeed> custom, Set<OpNeed> standard) {
        this(custom, standard, "");
    }

    public OpNeeds(Set<OpNeed> custom, Set<OpNeed> standard, String engineVersion) {
        this(custom, standard, engineVersion, true);
    }

    public OpNeeds {
        custom = Set.copyOf(custom);
        standard = Set.copyOf(standard);
    }
}
