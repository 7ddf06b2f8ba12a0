package dev.espalier.server.ops;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Looks into op libraries, from what costs nothing to what may end a process: whether it may be loaded at
/// all, what an earlier probe has found, what its file says, and only then a new probe.
///
/// Safe for use by several threads; a library is probed once, however many ask for it.
public final class LibraryInspector {
    private final Trust trust;
    private final LoadCheck check;
    private final ProbeCache cache;
    private final Probe probe;
    private final Semaphore probes = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Map<String, Inspection> known = new ConcurrentHashMap<>();
    private final Map<String, Semaphore> looking = new ConcurrentHashMap<>();

    public LibraryInspector(Trust trust, LoadCheck check, ProbeCache cache, Probe probe) {
        this.trust = trust;
        this.check = check;
        this.cache = cache;
        this.probe = probe;
    }

    /// What is wrong with a file that cannot even be read; empty where it can.
    Optional<Fault> fault(Path file) {
        return check.fault(file);
    }

    /// What a library provides, or why it cannot be used.
    public Inspection inspect(OpLibrary library) throws InterruptedException {
        Optional<Fault> distrust = trust.fault(library);
        if (distrust.isPresent()) {
            return distrust.get();
        }
        Inspection before = known.get(library.sha256());
        if (before != null) {
            return before;
        }
        Semaphore turn = looking.computeIfAbsent(library.sha256(), _ -> new Semaphore(1));
        turn.acquire();
        try {
            before = known.get(library.sha256());
            return before != null ? before : look(library);
        } finally {
            turn.release();
        }
    }

    private Inspection look(OpLibrary library) throws InterruptedException {
        String engine = probe.engine();
        Optional<ProbeOutcome> earlier = cache.find(engine, library.sha256());
        if (earlier.isPresent()) {
            Inspection inspection = earlier.get().inspection(engine);
            known.put(library.sha256(), inspection);
            return inspection;
        }
        Optional<Fault> fault = check.fault(library.stored());
        if (fault.isPresent()) {
            return fault.get();
        }
        ProbeOutcome outcome = probed(library);
        Inspection inspection = outcome.inspection(engine);
        if (!(inspection instanceof Fault found) || found.lasting()) {
            cache.put(engine, library.sha256(), outcome);
            known.put(library.sha256(), inspection);
        }
        return inspection;
    }

    private ProbeOutcome probed(OpLibrary library) throws InterruptedException {
        probes.acquire();
        try {
            return probe.look(library);
        } finally {
            probes.release();
        }
    }
}
