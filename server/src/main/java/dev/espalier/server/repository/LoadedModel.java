package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ServedModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A model with the versions that its policy selects, from one reading of its files. Another reading
/// gives another one, which may share versions with it.
final class LoadedModel {
    private final String name;
    private final String failure;
    private final boolean loading;
    private final List<String> notes;
    private final NavigableMap<Long, LoadedVersion> versions;
    private final Map<Long, String> failures;

    /// The same versions, highest first: an array, because every request goes through it.
    private final LoadedVersion[] highestFirst;

    private LoadedModel(
            String name,
            String failure,
            boolean loading,
            Collection<LoadedVersion> versions,
            Map<Long, String> failures,
            List<String> notes) {
        this.name = name;
        this.notes = List.copyOf(notes);
        this.failure = failure;
        this.loading = loading;
        this.versions = new TreeMap<>();
        versions.forEach(version -> this.versions.put(version.number(), version));
        this.failures = new TreeMap<>(failures);
        this.highestFirst = this.versions.descendingMap().values().toArray(new LoadedVersion[0]);
    }

    /// A model with these versions.
    ///
    /// @param failures versions that could not even be begun, with the reasons
    /// @param notes what of its configuration has no effect
    static LoadedModel of(
            String name,
            Collection<LoadedVersion> versions,
            Map<Long, String> failures,
            List<String> notes) {
        return new LoadedModel(name, "", false, versions, failures, notes);
    }

    /// A model without versions.
    ///
    /// @param failure why it has none; empty where it has not been loaded yet
    static LoadedModel without(String name, String failure) {
        return new LoadedModel(name, failure, false, List.of(), Map.of(), List.of());
    }

    /// A model whose files are going to be read for the first time: which versions it has is not known yet.
    static LoadedModel loading(String name) {
        return new LoadedModel(name, "", true, List.of(), Map.of(), List.of());
    }

    String name() {
        return name;
    }

    /// What of its configuration has no effect.
    List<String> notes() {
        return notes;
    }

    Collection<LoadedVersion> versions() {
        return versions.values();
    }

    /// The copies of a version's files; null where there is no such version.
    @Nullable VersionFiles files(long number) {
        LoadedVersion version = versions.get(number);
        return version == null ? null : version.definition().files();
    }

    /// The version that `definition` describes, if it is loaded and serves already.
    @Nullable LoadedVersion same(VersionDefinition definition) {
        LoadedVersion version = versions.get(definition.number());
        return version != null
                        && version.state() == ModelState.READY
                        && version.definition().isSameAs(definition)
                ? version
                : null;
    }

    boolean has(LoadedVersion version) {
        return versions.containsValue(version);
    }

    /// Whether any version answers.
    boolean serves() {
        return versions.values().stream().anyMatch(version -> version.served() != null);
    }

    /// Versions that do not answer, with the reasons.
    NavigableMap<Long, String> unavailable() {
        NavigableMap<Long, String> unavailable = new TreeMap<>(failures);
        for (LoadedVersion version : versions.values()) {
            if (version.state() != ModelState.READY) {
                unavailable.put(version.number(), version.reason());
            }
        }
        return unavailable;
    }

    List<String> readyVersions() {
        return versions.values().stream()
                .filter(version -> version.state() == ModelState.READY)
                .map(version -> Long.toString(version.number()))
                .toList();
    }

    /// Its lines of the repository's index.
    ///
    /// @param trouble what there is to say of versions that are ready
    List<ModelCatalog.IndexEntry> index(String trouble) {
        List<ModelCatalog.IndexEntry> entries = new ArrayList<>();
        if (versions.isEmpty() && failures.isEmpty()) {
            entries.add(entry("", loading ? ModelState.LOADING : ModelState.UNAVAILABLE, failure));
        }
        failures.forEach((number, reason) ->
                entries.add(entry(Long.toString(number), ModelState.UNAVAILABLE, reason)));
        for (LoadedVersion version : versions.values()) {
            ModelState state = version.state();
            entries.add(
                    entry(
                            Long.toString(version.number()),
                            state,
                            state == ModelState.READY ? trouble : version.reason()));
        }
        return entries;
    }

    private ModelCatalog.IndexEntry entry(String version, ModelState state, String reason) {
        return new ModelCatalog.IndexEntry(name, version, state, reason);
    }

    /// The version that answers.
    ServedModel serving(String version) throws ServingException {
        if (version.isEmpty()) {
            for (LoadedVersion candidate : highestFirst) {
                ServedModel served = candidate.served();
                if (served != null) {
                    return served;
                }
            }
            for (LoadedVersion candidate : highestFirst) {
                refuseInQuarantine(candidate);
            }
            throw unknown(ErrorCode.NOT_FOUND, "has no available versions");
        }
        LoadedVersion found = find(version);
        ServedModel served = found.served();
        if (served == null) {
            refuseInQuarantine(found);
            throw notReady(version);
        }
        return served;
    }

    /// Nothing is wrong with the request or the repository: the same request is served once the model is loaded again.
    private static void refuseInQuarantine(LoadedVersion version) throws ServingException {
        ServingException quarantine = version.quarantine();
        if (quarantine != null) {
            throw quarantine;
        }
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
        boolean known =
                loading || failures.keySet().stream().anyMatch(n -> version.equals(n.toString()));
        throw known
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
