package dev.espalier.server.workers;

import java.nio.file.Path;

/// The Java program that hosts an engine.
///
/// @param classPath the jar that it needs; its manifest names the others
/// @param mainClass where a worker begins
/// @param probeClass where a probe of op libraries begins
public record WorkerProgram(Path classPath, String mainClass, String probeClass) {}
