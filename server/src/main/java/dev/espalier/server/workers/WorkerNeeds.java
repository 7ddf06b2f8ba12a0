package dev.espalier.server.workers;

import java.util.List;

/// What the worker processes of an engine need besides what all workers have.
///
/// @param environment how the names of the environment variables begin that concern it
/// @param jvmOptions options of the JVM, which count more than those that all workers have
/// @param sandbox what confinement must leave open
/// @param models what the models say of their processes
/// @param calls whether the models may call others of the server; whatever another engine's workers say of calls is
///     nonsense
public record WorkerNeeds(
        List<String> environment,
        List<String> jvmOptions,
        SandboxNeeds sandbox,
        ProcessOptions models,
        boolean calls) {
    /// Of an engine that needs no more than others.
    public static final WorkerNeeds NONE = new WorkerNeeds(List.of(), List.of(), SandboxNeeds.NONE);

    /// Of an engine whose models say nothing of their processes, and call none.
    public WorkerNeeds(List<String> environment, List<String> jvmOptions, SandboxNeeds sandbox) {
        this(environment, jvmOptions, sandbox, ProcessOptions.NONE, false);
    }

    public WorkerNeeds {
        environment = List.copyOf(environment);
        jvmOptions = List.copyOf(jvmOptions);
    }
}
