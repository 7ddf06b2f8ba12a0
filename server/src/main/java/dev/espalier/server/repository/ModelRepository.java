package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.BackendOptions;
import dev.espalier.server.config.ControlMode;
import dev.espalier.server.config.LatencyOptions;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelFormats;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.inference.ServedModels;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.workers.WorkerPool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// The models in service under their names: which there are, what answers for them, and how they come
/// and go.
///
/// A model that cannot be served never keeps another one from being served. Safe for use by several
/// threads.
public final class ModelRepository implements ModelCatalog, ModelControl, OpCatalog, ServedModels {
    private static final Logger LOG = System.getLogger(ModelRepository.class.getName());

    private final RepositoryOptions options;
    private final RepositoryFolders folders;
    private final ModelOps ops;
    private final PrivateFolder copies;
    private final ModelLoader loader;
    private final InternalErrors errors;
    private final Map<String, NamedModel> models = new ConcurrentSkipListMap<>();
    private final List<Thread> starting = new ArrayList<>();

    public ModelRepository(
            RepositoryOptions options,
            BackendOptions backends,
            ModelFormats formats,
            ModelOps ops,
            PrivateFolder copies,
            WorkerPool workers,
            WarmUps warmUps,
            LatencyOptions latencies) {
        this.options = options;
        this.folders = new RepositoryFolders(options.folders());
        this.ops = ops;
        this.copies = copies;
        this.errors = warmUps.errors();
        this.loader =
                new ModelLoader(
                        new ModelReader(options, backends, formats, ops, copies),
                        workers,
                        warmUps,
                        latencies,
                        options.loadThreads(),
                        options.loadRetries());
    }

    // --- loading

    /// Begins to load the models that are there from the start; [#await] waits for the outcome.
    public void load() {
        Collection<String> names =
                options.control() == ControlMode.EXPLICIT
                                && !options.startupModels().contains(RepositoryOptions.ALL)
                        ? options.startupModels()
                        : folders.list().names();
        names.forEach(name -> starting.add(loadInBackground(name, false)));
    }

    /// Waits until every model is ready or has failed.
    public void await() throws InterruptedException {
        for (Thread thread : starting) {
            thread.join();
        }
        starting.clear();
    }

    private NamedModel model(String name) {
        return models.computeIfAbsent(name, NamedModel::new);
    }

    private Thread loadInBackground(String name, boolean announced) {
        NamedModel model = model(name);
        return Thread.ofVirtual()
                .name("load " + name)
                .start(() -> {
                    String outcome = outcomeOrFailure(model);
                    if (announced) {
                        announce(name, outcome);
                    }
                });
    }

    /// No model is left without a state and a reason.
    private String outcomeOrFailure(NamedModel model) {
        try {
            return outcome(model);
        } catch (RuntimeException | Error failure) {
            errors.report("load", "model '" + model.name() + "'", failure);
            String reason = "the server failed: " + failure;
            model.refuse(reason);
            return reason;
        }
    }

    /// Loads a model from its repository.
    ///
    /// @return why it cannot be served; empty where it can
    private String outcome(NamedModel model) {
        ModelPlace place;
        try {
            place = folders.find(model.name());
        } catch (ServingException failure) {
            model.looked(ModelReading.Look.at(Set.copyOf(folders.candidates(model.name()))));
            model.loadFailed();
            model.refuse(failure.text());
            return failure.text();
        }
        try {
            return NamedModel.list(loader.load(model, place));
        } catch (ServingException failure) {
            return failure.text();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void announce(String name, String trouble) {
        if (trouble.isEmpty()) {
            LOG.log(Level.INFO, "successfully loaded ''{0}''", name);
        } else {
            LOG.log(
                    Level.WARNING,
                    isReady(name, "")
                            ? "failed to load ''{0}'', which goes on as it was: {1}"
                            : "failed to load ''{0}'': {1}",
                    name,
                    trouble);
        }
    }

    // --- the poll's side

    RepositoryFolders folders() {
        return folders;
    }

    Collection<NamedModel> named() {
        return models.values();
    }

    /// Loads and unloads what has changed.
    ///
    /// @param present the models that are in the repositories
    void follow(List<String> changed, Set<String> present) {
        for (String name : changed) {
            if (present.contains(name)) {
                Thread _ = loadInBackground(name, true);
            } else {
                NamedModel gone = models.remove(name);
                if (gone != null) {
                    LOG.log(Level.INFO, "unloading ''{0}'', which has been removed", name);
                    loader.unload(gone);
                }
            }
        }
    }

    // --- on request

    @Override
    public void load(String name, LoadOverrides overrides)
            throws ServingException, InterruptedException {
        requireControl();
        NavigableMap<Long, String> unavailable;
        try {
            unavailable = loadOverridden(name, overrides);
        } catch (ServingException failure) {
            announce(name, failure.text());
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "failed to load '%s', failed to poll from model repository: %s"
                            .formatted(name, failure.text()),
                    failure);
        }
        announce(name, NamedModel.list(unavailable));
        if (!unavailable.isEmpty()) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "load failed for model '%s': %s\n"
                            .formatted(name, NamedModel.list(unavailable)));
        }
    }

    private NavigableMap<Long, String> loadOverridden(String name, LoadOverrides overrides)
            throws ServingException, InterruptedException {
        if (overrides.files().isEmpty()) {
            ModelPlace place = found(name);
            return loader.load(
                    model(name), new ModelPlace(name, place.folder(), overrides.config(), false));
        }
        if (overrides.config().isEmpty() || !RepositoryFolders.isName(name)) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "parameters 'file:...' make a whole model (expected: 'config' with them)");
        }
        try (UploadedModel uploaded = UploadedModel.write(copies.next(), overrides.files())) {
            return loader.load(
                    model(name), new ModelPlace(name, uploaded.folder(), overrides.config(), true));
        }
    }

    /// The place of a model's files. That there is none counts as a failed load of a model that is known; names that
    /// a client makes up are not kept.
    private ModelPlace found(String name) throws ServingException {
        try {
            return folders.find(name);
        } catch (ServingException failure) {
            NamedModel known = models.get(name);
            if (known != null) {
                known.loadFailed();
            }
            throw failure;
        }
    }

    @Override
    public void unload(String name) throws ServingException {
        requireControl();
        NamedModel model = models.get(name);
        if (model != null) {
            LOG.log(Level.INFO, "unloading ''{0}''", name);
            loader.unload(model);
        }
    }

    private void requireControl() throws ServingException {
        if (options.control() != ControlMode.EXPLICIT) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "explicit model load / unload is not allowed if polling is enabled");
        }
    }

    // --- looking up

    @Override
    public ServedModel serving(String name, String version) throws ServingException {
        return current(name).serving(version);
    }

    private LoadedModel current(String name) throws ServingException {
        return known(name).current();
    }

    private NamedModel known(String name) throws ServingException {
        NamedModel model = models.get(name);
        if (model == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Request for unknown model: '%s' is not found".formatted(name));
        }
        return model;
    }

    @Override
    public ModelVersion ready(String name, String version) throws ServingException {
        LoadedModel model = current(name);
        LoadedVersion found = model.ready(version);
        List<String> versions = version.isEmpty() ? model.readyVersions() : List.of(version);
        return new DescribedVersion(found.config(), found.number(), versions);
    }

    /// A version as it is at this moment.
    private record DescribedVersion(ModelConfig config, long version, List<String> versions)
            implements ModelVersion {
        @Override
        public String modelName() {
            return config.getName();
        }

        @Override
        public ModelMetadata metadata() {
            return ModelMetadata.of(config, versions);
        }
    }

    @Override
    public boolean isReady(String name, String version) {
        NamedModel model = models.get(name);
        if (model == null) {
            return false;
        }
        try {
            ServedModel _ = model.current().serving(version);
            return true;
        } catch (ServingException _) {
            return false;
        }
    }

    /// Whether every version of every model is ready, but for those that were unloaded.
    public boolean allReady() {
        return entries().allMatch(ModelRepository::isNoTrouble);
    }

    /// The same, as strict readiness has it: as with Triton, a model whose files do not tell its versions does not
    /// count.
    public boolean versionsReady() {
        return entries().filter(IndexEntry::hasState).allMatch(ModelRepository::isNoTrouble);
    }

    private Stream<IndexEntry> entries() {
        return models.values().stream().flatMap(model -> model.index().stream());
    }

    private static boolean isNoTrouble(IndexEntry entry) {
        return entry.state() == ModelState.READY
                || entry.state() == ModelState.UNLOADING
                || entry.reason().equals(LoadedVersion.UNLOADED);
    }

    @Override
    public List<StatisticsSnapshot> statistics(String name, String version)
            throws ServingException {
        List<StatisticsSnapshot> snapshots = new ArrayList<>();
        forEachVersion(
                name,
                version,
                (model, found) ->
                        snapshots.add(
                                found.statistics()
                                        .snapshot(model.name(), Long.toString(found.number()))));
        if (snapshots.isEmpty() && !name.isEmpty()) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    version.isEmpty() || !models.containsKey(name)
                            ? "requested model '%s' is not available".formatted(name)
                            : "requested model version is not available for model '%s'"
                                    .formatted(name));
        }
        return snapshots;
    }

    @Override
    public List<ModelNotes> notes(String name) throws ServingException {
        Collection<NamedModel> asked = name.isEmpty() ? models.values() : List.of(known(name));
        return asked.stream()
                .map(model -> new ModelNotes(model.name(), model.current().notes()))
                .toList();
    }

    @Override
    public OpLibraryReport opLibraries(String name) throws ServingException {
        NamedModel model = known(name);
        return new OpLibraryReport(uses(model.name()), ops.refused(model.look().places()));
    }

    @Override
    public OpLibraryReport opLibraries() {
        Set<Path> places = new HashSet<>();
        models.values().forEach(model -> places.addAll(model.look().places()));
        return new OpLibraryReport(uses(""), ops.refused(places));
    }

    private List<OpLibraryUse> uses(String model) {
        OpLibraryUses uses = new OpLibraryUses();
        forEachVersion(model, "", (_, version) -> uses.add(version));
        return uses.list();
    }

    private void forEachVersion(
            String name, String version, BiConsumer<LoadedModel, LoadedVersion> action) {
        for (NamedModel named : models.values()) {
            if (!name.isEmpty() && !name.equals(named.name())) {
                continue;
            }
            LoadedModel model = named.current();
            for (LoadedVersion found : model.versions()) {
                if (found.state() == ModelState.READY
                        && (version.isEmpty() || version.equals(Long.toString(found.number())))) {
                    action.accept(model, found);
                }
            }
        }
    }

    /// Calls `action` with every model: its name, how many of its loads have failed, whether its newest files are not
    /// served.
    public void observeLoads(LoadObservation action) {
        models.values()
                .forEach(model -> action.of(model.name(), model.failedLoads(), model.isOutdated()));
    }

    /// Who looks at what has become of loads.
    public interface LoadObservation {
        void of(String model, long failedLoads, boolean outdated);
    }

    /// Calls `action` with every version that is ready: model, version, configuration, statistics.
    public void observe(Observation action) {
        forEachVersion(
                "",
                "",
                (model, found) ->
                        action.of(
                                model.name(),
                                Long.toString(found.number()),
                                found.config(),
                                found.statistics()));
    }

    /// Who looks at the versions.
    public interface Observation {
        void of(String model, String version, ModelConfig config, ModelStatistics statistics);
    }

    @Override
    public List<IndexEntry> index() {
        Map<String, List<IndexEntry>> entries = new TreeMap<>();
        if (options.control() == ControlMode.EXPLICIT) {
            // What could be loaded counts as known.
            folders.list()
                    .names()
                    .forEach(name -> entries.put(name, LoadedModel.without(name, "").index("")));
        }
        models.forEach((name, model) -> entries.put(name, model.index()));
        return entries.values().stream().flatMap(List::stream).toList();
    }
}
