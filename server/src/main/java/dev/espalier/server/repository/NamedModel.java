package dev.espalier.server.repository;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// What there is under one name: the versions that answer, and what was made of the newest files.
final class NamedModel {
    private final String name;

    /// Held while the model is loaded or unloaded, which happens to a model once at a time.
    private final ReentrantLock change = new ReentrantLock();

    private volatile LoadedModel current;
    private volatile String trouble = "";
    private volatile ModelReading.Look look;
    private final AtomicLong failedLoads = new AtomicLong();

    NamedModel(String name) {
        this.name = name;
        this.current = LoadedModel.loading(name);
        this.look = new ModelReading.Look(Set.of(), FileStamps.NONE);
    }

    String name() {
        return name;
    }

    ReentrantLock change() {
        return change;
    }

    /// What requests find.
    LoadedModel current() {
        return current;
    }

    /// What the files looked like that were read last, whatever came of it.
    ModelReading.Look look() {
        return look;
    }

    void looked(ModelReading.Look newLook) {
        look = newLook;
    }

    /// Puts another set of versions in the place of the present one, and unloads those versions that are
    /// not in both. Requests that have begun are finished where they are.
    void replace(LoadedModel next) {
        LoadedModel last = current;
        current = next;
        trouble = "";
        for (LoadedVersion version : last.versions()) {
            if (!next.has(version)) {
                version.unload();
            }
        }
    }

    /// A load has brought less than its files promise.
    void loadFailed() {
        failedLoads.incrementAndGet();
    }

    /// How often that has happened.
    long failedLoads() {
        return failedLoads.get();
    }

    /// Whether what serves is not what the newest files say.
    boolean isOutdated() {
        return !trouble.isEmpty();
    }

    /// The newest files cannot be served. Where something serves, it goes on.
    void refuse(String reason) {
        if (current.serves()) {
            trouble = "the newest files are not served: " + reason;
        } else {
            replace(LoadedModel.without(name, reason));
        }
    }

    void unload() {
        trouble = "";
        current.versions().forEach(LoadedVersion::unload);
    }

    List<ModelCatalog.IndexEntry> index() {
        return current.index(trouble);
    }

    /// Versions and reasons, as Triton lists them.
    static String list(Map<Long, String> unavailable) {
        return unavailable.entrySet().stream()
                .map(version ->
                        "version %d is at UNAVAILABLE state: %s;"
                                .formatted(version.getKey(), version.getValue()))
                .collect(Collectors.joining());
    }
}
