package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ServedModel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A model of the repository, with the versions that its policy selects.
final class LoadedModel {
    private final String name;
    private final String failure;
    private final NavigableMap<Long, LoadedVersion> versions = new TreeMap<>();
    private final NavigableMap<Long, String> failures = new TreeMap<>();
    private volatile @Nullable ServedModel newest;

    /// @param failure why it has no versions; empty where it has
    LoadedModel(String name, String failure) {
        this.name = name;
        this.failure = failure;
    }

    /// Adds a version, before the model is visible to anybody.
    void add(LoadedVersion version) {
        versions.put(version.number(), version);
    }

    /// Adds a version that cannot be served, before the model is visible to anybody.
    void addFailure(long number, String reason) {
        failures.put(number, reason);
    }

    /// Finds out anew which version answers requests that name none.
    void refresh() {
        ServedModel found = null;
        for (LoadedVersion version : versions.values()) {
            ServedModel served = version.served();
            found = served == null ? found : served;
        }
        newest = found;
    }

    String name() {
        return name;
    }

    /// Why the model has no versions; empty where it has.
    String failure() {
        return failure;
    }

    Collection<LoadedVersion> versions() {
        return versions.values();
    }

    /// Versions that could not even be begun, with the reasons.
    Map<Long, String> failures() {
        return failures;
    }

    List<String> readyVersions() {
        return versions.values().stream()
                .filter(version -> version.state() == ModelState.READY)
                .map(version -> Long.toString(version.number()))
                .toList();
    }

    /// The version that answers.
    ServedModel serving(String version) throws ServingException {
        if (version.isEmpty()) {
            ServedModel found = newest;
            if (found == null) {
                throw unknown(ErrorCode.NOT_FOUND, "has no available versions");
            }
            return found;
        }
        LoadedVersion found = find(version);
        ServedModel served = found.served();
        if (served == null) {
            throw unknown(
                    ErrorCode.UNAVAILABLE, "version %s is not at ready state".formatted(version));
        }
        return served;
    }

    private LoadedVersion find(String version) throws ServingException {
        LoadedVersion found;
        try {
            found = versions.get(Long.parseLong(version));
        } catch (NumberFormatException _) {
            found = null;
        }
        if (found != null) {
            return found;
        }
        boolean failed = failures.keySet().stream().anyMatch(n -> version.equals(n.toString()));
        throw failed
                ? notReady(version)
                : unknown(ErrorCode.NOT_FOUND, "version %s is not found".formatted(version));
    }

    /// The version that answers, described.
    LoadedVersion ready(String version) throws ServingException {
        return find(serving(version).version());
    }

    private ServingException notReady(String version) {
        return unknown(
                ErrorCode.UNAVAILABLE, "version %s is not at ready state".formatted(version));
    }

    private ServingException unknown(ErrorCode code, String what) {
        return new ServingException(
                code, "Request for unknown model: '%s' %s".formatted(name, what));
    }
}
