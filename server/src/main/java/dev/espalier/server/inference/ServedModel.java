package dev.espalier.server.inference;

import dev.espalier.server.scheduling.ModelScheduler;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A model version that answers requests: what it takes and gives, and who brings requests to its
/// instances.
///
/// @param version its number, as text
/// @param opSet the hashes of the op libraries that it runs with, nearest first
/// @param calls the models that it may call
public record ServedModel(
        String name,
        String version,
        ModelPlan plan,
        ModelScheduler scheduler,
        List<String> opSet,
        Set<String> calls) {
    public ServedModel {
        opSet = List.copyOf(opSet);
        calls = Collections.unmodifiableSet(new TreeSet<>(calls));
    }

    /// One without op libraries that calls none.
    public ServedModel(String name, String version, ModelPlan plan, ModelScheduler scheduler) {
        this(name, version, plan, scheduler, List.of(), Set.of());
    }
}
