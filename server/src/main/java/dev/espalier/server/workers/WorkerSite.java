package dev.espalier.server.workers;

import dev.espalier.link.Links;
import dev.espalier.server.config.SupervisionOptions;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;

/// What all hosts of workers share.
record WorkerSite(
        WorkerLauncher launcher,
        Links links,
        LinkedLoops loops,
        WorkerWatch watch,
        DeathRecords records,
        InternalErrors errors,
        SupervisionOptions supervision) {
    /// The same for the workers of one host.
    WorkerSite with(WorkerLauncher other) {
        return new WorkerSite(other, links, loops, watch, records, errors, supervision);
    }
}
