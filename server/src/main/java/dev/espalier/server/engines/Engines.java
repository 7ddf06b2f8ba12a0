package dev.espalier.server.engines;

import dev.espalier.server.config.KnownEngine;
import dev.espalier.server.formats.ModelFormats;
import dev.espalier.server.ops.OpEngines;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The engines of a server, and the part of each room in them. Their order is that in which messages name them and
/// files are tried.
public record Engines(List<ServerEngine> all) {
    public Engines {
        all = List.copyOf(all);
    }

    /// The names of those that models can run with.
    public List<String> served() {
        return all.stream().filter(ServerEngine::isServed).map(ServerEngine::name).toList();
    }

    /// For the command line.
    public List<KnownEngine> known() {
        return all.stream()
                .filter(ServerEngine::isServed)
                .map(engine -> new KnownEngine(engine.name(), engine.librarySettings()))
                .toList();
    }

    /// For what reads models.
    public ModelFormats formats() {
        return new ModelFormats(all.stream().flatMap(engine -> engine.formats().stream()).toList());
    }

    /// For what looks into op libraries.
    public OpEngines ops() {
        return new OpEngines(all.stream().map(ServerEngine::ops).toList());
    }

    /// For what starts workers: the needs by the engine's name.
    public Map<String, WorkerNeeds> workers() {
        return all.stream()
                .collect(Collectors.toUnmodifiableMap(ServerEngine::name, ServerEngine::workers));
    }
}
