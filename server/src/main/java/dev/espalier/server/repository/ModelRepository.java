package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.BackendOptions;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.inference.ServedModels;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.ops.OpLibrary;
import dev.espalier.server.ops.OpSet;
import dev.espalier.server.ops.OpStore;
import dev.espalier.server.workers.HostedModel;
import dev.espalier.server.workers.WorkerHost;
import dev.espalier.server.workers.WorkerPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;

/// The models of the repositories: reads them, has them loaded into workers, and knows their states.
///
/// A model that cannot be served never keeps another one from being served. Safe for use by several
/// threads.
public final class ModelRepository implements ModelCatalog, ServedModels {
    private final RepositoryOptions options;
    private final BackendOptions backends;
    private final OpStore store;
    private final WorkerPool workers;
    private final ScheduledExecutorService timer;
    private final Map<String, LoadedModel> models = new ConcurrentSkipListMap<>();

    public ModelRepository(
            RepositoryOptions options,
            BackendOptions backends,
            OpStore store,
            WorkerPool workers,
            ScheduledExecutorService timer) {
        this.options = options;
        this.backends = backends;
        this.store = store;
        this.workers = workers;
        this.timer = timer;
    }

    // --- loading

    /// Begins to load every model of every repository; [#await] waits for the outcome.
    public void load() {
        for (Path repository : options.folders()) {
            for (Path folder : modelFolders(repository)) {
                String name = folder.getFileName().toString();
                LoadedModel model =
                        models.containsKey(name)
                                ? new LoadedModel(
                                        name,
                                        "model '%s' is in more than one repository, among them %s"
                                                .formatted(name, repository))
                                : read(name, folder);
                models.put(name, model);
            }
        }
    }

    private static List<Path> modelFolders(Path repository) {
        List<Path> folders = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(repository)) {
            for (Path entry : entries) {
                // Folders that begin with a dot are no models.
                if (Files.isDirectory(entry) && !entry.getFileName().toString().startsWith(".")) {
                    folders.add(entry);
                }
            }
        } catch (IOException failure) {
            System.getLogger(ModelRepository.class.getName())
                    .log(
                            System.Logger.Level.ERROR,
                            "model repository {0} cannot be read: {1}",
                            repository,
                            failure.getMessage());
        }
        folders.sort(null);
        return folders;
    }

    private LoadedModel read(String name, Path folder) {
        try {
            ModelFolder definition =
                    ModelFolder.read(
                            folder, options.autoComplete(), backends.defaultMaxBatchSize());
            LoadedModel model = new LoadedModel(name, "");
            for (long number : definition.versions()) {
                try {
                    model.add(load(model, definition.version(number)));
                } catch (ServingException failure) {
                    model.addFailure(number, failure.text());
                }
            }
            model.refresh();
            return model;
        } catch (ServingException failure) {
            return new LoadedModel(name, failure.text());
        }
    }

    private LoadedVersion load(LoadedModel model, VersionDefinition definition)
            throws ServingException {
        ModelConfig config = definition.config();
        OpSet ops = ops(definition);
        WorkerHost host = workers.lease(config.getBackend(), ops);
        LoadedVersion version = new LoadedVersion(definition, host.input(), timer, model::refresh);
        host.add(
                new HostedModel(
                        config.getName(),
                        definition.modelFile(),
                        ops.libraries().stream()
                                .map(library -> library.stored().toString())
                                .toList(),
                        PlanBuilder.parameters(config),
                        PlanBuilder.instances(config),
                        version));
        return version;
    }

    private OpSet ops(VersionDefinition definition) throws ServingException {
        List<OpLibrary> libraries = new ArrayList<>();
        for (Path library : definition.opLibraries()) {
            libraries.add(store.keep(library));
        }
        return new OpSet(libraries);
    }

    /// Waits until every model is ready or has failed.
    public void await() throws InterruptedException {
        for (LoadedModel model : models.values()) {
            for (LoadedVersion version : model.versions()) {
                version.await();
            }
        }
    }

    // --- looking up

    @Override
    public ServedModel serving(String name, String version) throws ServingException {
        return model(name).serving(version);
    }

    private LoadedModel model(String name) throws ServingException {
        LoadedModel model = models.get(name);
        if (model == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Request for unknown model: '%s' is not found".formatted(name));
        }
        return model;
    }

    @Override
    public ModelVersion ready(String name, String version) throws ServingException {
        LoadedModel model = model(name);
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
        LoadedModel model = models.get(name);
        if (model == null) {
            return false;
        }
        try {
            ServedModel _ = model.serving(version);
            return true;
        } catch (ServingException _) {
            return false;
        }
    }

    /// Whether every version of every model is ready.
    public boolean allReady() {
        return index().stream().allMatch(entry -> entry.state() == ModelState.READY);
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

    private void forEachVersion(
            String name, String version, BiConsumer<LoadedModel, LoadedVersion> action) {
        for (LoadedModel model : models.values()) {
            if (!name.isEmpty() && !name.equals(model.name())) {
                continue;
            }
            for (LoadedVersion found : model.versions()) {
                if (found.state() == ModelState.READY
                        && (version.isEmpty() || version.equals(Long.toString(found.number())))) {
                    action.accept(model, found);
                }
            }
        }
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
        List<IndexEntry> entries = new ArrayList<>();
        for (LoadedModel model : models.values()) {
            if (!model.failure().isEmpty()) {
                entries.add(
                        new IndexEntry(model.name(), "", ModelState.UNAVAILABLE, model.failure()));
            }
            model.failures()
                    .forEach((number, reason) ->
                            entries.add(
                                    new IndexEntry(
                                            model.name(),
                                            Long.toString(number),
                                            ModelState.UNAVAILABLE,
                                            reason)));
            for (LoadedVersion version : model.versions()) {
                entries.add(
                        new IndexEntry(
                                model.name(),
                                Long.toString(version.number()),
                                version.state(),
                                version.reason()));
            }
        }
        return entries;
    }
}
