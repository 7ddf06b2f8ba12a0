package dev.espalier.server.config;

import dev.espalier.link.LinkKind;
import java.nio.file.Path;
import java.util.List;

/// What workers are made of, and where things are kept.
///
/// @param requestMemoryBytes the byte budget of all workers' request memory together
/// @param unread how much of a request's answers its client may leave unread
/// @param home the folder of the distribution, absolute; `lib/` and `engines/` are in it
/// @param stateDirectory absolute; may not exist yet
/// @param distributedEngines the folder of the engine packs that came with the server, absolute
/// @param installedEngines the folder of those that were installed beside them, absolute; may not exist
/// @param aotCache the AOT cache of worker processes; may not exist
/// @param javaOptions further options of the workers' JVMs
/// @param link what server and workers share memory and wake each other by
/// @param sandbox what every worker is kept from
/// @param grants what models may ask for beyond it
/// @param oneForAll puts all models into one worker, where their op libraries disturb each other: only
///     for the test that shows why that must not be
public record WorkerOptions(
        long requestMemoryBytes,
        UnreadLimit unread,
        Path home,
        Path stateDirectory,
        Path distributedEngines,
        Path installedEngines,
        Path aotCache,
        List<String> javaOptions,
        LinkKind link,
        SandboxOptions sandbox,
        GrantRules grants,
        SupervisionOptions supervision,
        boolean oneForAll) {
    public WorkerOptions {
        javaOptions = List.copyOf(javaOptions);
    }

    /// The same for workers that may use more.
    public WorkerOptions with(Grants more) {
        return new WorkerOptions(
                requestMemoryBytes,
                unread,
                home,
                stateDirectory,
                distributedEngines,
                installedEngines,
                aotCache,
                javaOptions,
                link,
                sandbox.with(more),
                grants,
                supervision,
                oneForAll);
    }
}
