package dev.espalier.server.inference;

import dev.espalier.server.scheduling.ModelScheduler;

/// A model version that answers requests: what it takes and gives, and who brings requests to its
/// instances.
///
/// @param version its number, as text
public record ServedModel(String name, String version, ModelPlan plan, ModelScheduler scheduler) {}
