package dev.espalier.server.inference;

import dev.espalier.server.scheduling.ModelScheduler;
import java.util.List;

/// A model version that answers requests: what it takes and gives, and who brings requests to its
/// instances.
///
/// @param version its number, as text
/// @param opSet the hashes of the op libraries that it runs with, nearest first
public record ServedModel(
        String name, String version, ModelPlan plan, ModelScheduler scheduler, List<String> opSet) {
    public ServedModel {
        opSet = List.copyOf(opSet);
    }
}
