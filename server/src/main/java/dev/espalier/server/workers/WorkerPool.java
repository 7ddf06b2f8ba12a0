package dev.espalier.server.workers;

import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.ops.OpSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All workers, one for each engine version and op set that models need. Safe for use by several threads.
public final class WorkerPool implements AutoCloseable {
    private final List<EnginePack> packs;
    private final WorkerLauncher launcher;
    private final LinkedLoops loops;
    private final long inputMemorySize;
    private final boolean oneForAll;
    private final Map<String, WorkerHost> hosts = new HashMap<>();

    /// @param inputMemorySize bytes of request memory of each worker
    /// @param oneForAll puts models with different op sets into one worker, where their libraries disturb
    ///     each other: for the test that shows why that must not be
    public WorkerPool(
            List<EnginePack> packs,
            WorkerLauncher launcher,
            LinkedLoops loops,
            long inputMemorySize,
            boolean oneForAll) {
        this.packs = List.copyOf(packs);
        this.launcher = launcher;
        this.loops = loops;
        this.inputMemorySize = Math.max(inputMemorySize, LinkLayout.BLOCKS + (2 << 20));
        this.oneForAll = oneForAll;
    }

    /// The worker for models of this engine with this op set; started if there is none.
    ///
    /// @throws ServingException when the engine is not installed, or there is no memory
    public synchronized WorkerHost host(String engine, OpSet ops) throws ServingException {
        EnginePack pack = pack(engine);
        String key = pack.name() + "/" + (oneForAll ? "" : ops.key());
        WorkerHost known = hosts.get(key);
        if (known != null) {
            return known;
        }
        try {
            WorkerHost host =
                    new WorkerHost(
                            pack.name() + " [" + ops.label() + "]",
                            pack,
                            launcher,
                            loops,
                            new InputMemory(inputMemorySize));
            hosts.put(key, host);
            host.start();
            return host;
        } catch (LinkException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "no memory for a worker: " + failure.getMessage(),
                    failure);
        }
    }

    private EnginePack pack(String engine) throws ServingException {
        for (EnginePack pack : packs) {
            if (pack.engine().equals(engine)) {
                return pack;
            }
        }
        throw new ServingException(
                ErrorCode.UNAVAILABLE,
                "engine '%s' is not installed (installed: %s)"
                        .formatted(engine, packs.stream().map(EnginePack::name).toList()));
    }

    /// All workers.
    public synchronized List<WorkerHost> hosts() {
        return new ArrayList<>(hosts.values());
    }

    @Override
    public void close() {
        // First all are told, so that they end at the same time.
        hosts().forEach(WorkerHost::hangUp);
        hosts().forEach(WorkerHost::close);
    }
}
