package dev.espalier.server.workers;

import dev.espalier.server.config.SupervisionOptions;
import dev.espalier.server.execution.LinkedLoops;

/// What all hosts of workers share.
record WorkerSite(
        WorkerLauncher launcher,
        LinkedLoops loops,
        WorkerWatch watch,
        DeathRecords records,
        SupervisionOptions supervision) {}
