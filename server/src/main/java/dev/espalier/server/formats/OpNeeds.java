package dev.espalier.server.formats;

import dev.espalier.tensor.OpNeed;
import java.util.Set;

/// The ops that a model uses.
///
/// @param custom those that op libraries must provide
/// @param standard those that the engine has itself, or whose absence it tells; a library may replace them
public record OpNeeds(Set<OpNeed> custom, Set<OpNeed> standard) {
    /// Of a model whose ops are all the engine's.
    public static final OpNeeds NONE = new OpNeeds(Set.of(), Set.of());

    public OpNeeds {
        custom = Set.copyOf(custom);
        standard = Set.copyOf(standard);
    }
}
