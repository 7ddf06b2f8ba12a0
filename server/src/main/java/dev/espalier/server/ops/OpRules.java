package dev.espalier.server.ops;

import java.util.Set;

/// What becomes of op libraries in a process of their engine.
///
/// @param visible whether the engine's symbols are there for every op library, linked with the engine or not
/// @param oneRegistry whether what libraries register is there for all models of the process, each op once
/// @param replaces whether a kernel that a library has for one of the engine's own ops takes the place of the engine's,
///     without a word
/// @param providers the execution providers whose ops run here, besides the engine's default
public record OpRules(
        boolean visible, boolean oneRegistry, boolean replaces, Set<String> providers) {
    public OpRules {
        providers = Set.copyOf(providers);
    }

    /// Whether ops of an execution provider run here.
    boolean runs(String provider) {
        return provider.isEmpty() || providers.contains(provider);
    }
}
