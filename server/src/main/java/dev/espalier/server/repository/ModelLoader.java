package dev.espalier.server.repository;

import dev.espalier.server.config.LatencyOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.workers.WorkerPool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Brings models into service: reads one, has its versions loaded beside those that serve, and switches
/// to them once they are ready. If they do not become ready, those that serve go on.
///
/// A model is loaded by the thread that asks for it, which waits: a virtual one.
final class ModelLoader {
    private static final Logger LOG = System.getLogger(ModelLoader.class.getName());

    /// How long a load may keep others from beginning: four that hang must not stop all.
    private static final long PERMIT_SECONDS = 5;

    private final ModelReader reader;
    private final WorkerPool workers;
    private final ScheduledExecutorService timer;
    private final WarmUps warmUps;
    private final LatencyOptions latencies;
    private final int retries;
    private final CallGraph calls = new CallGraph();
    private final InternalErrors errors;
    private final Semaphore permits;

    /// One load's leave to begin, which it loses after a while.
    private final class Permit implements AutoCloseable {
        private final AtomicBoolean held = new AtomicBoolean(true);
        private final ScheduledFuture<?> expiry;

        Permit() throws InterruptedException {
            permits.acquire();
            expiry = timer.schedule(this::giveBack, PERMIT_SECONDS, TimeUnit.SECONDS);
        }

        private void giveBack() {
            if (held.getAndSet(false)) {
                permits.release();
            }
        }

        @Override
        public void close() {
            boolean _ = expiry.cancel(false);
            giveBack();
        }
    }

    /// @param threads how many models begin to load at the same time
    /// @param retries further attempts to load a model that failed
    /// @param latencies what is kept of how long the models' requests take
    ModelLoader(
            ModelReader reader,
            WorkerPool workers,
            WarmUps warmUps,
            LatencyOptions latencies,
            int threads,
            int retries) {
        this.reader = reader;
        this.workers = workers;
        this.timer = warmUps.timer();
        this.warmUps = warmUps;
        this.latencies = latencies;
        this.errors = warmUps.errors();
        this.retries = retries;
        this.permits = new Semaphore(threads);
    }

    /// Loads the model at `place`.
    ///
    /// @return the versions that cannot be served, with the reasons
    /// @throws ServingException when its files give no version at all
    NavigableMap<Long, String> load(NamedModel model, ModelPlace place)
            throws ServingException, InterruptedException {
        model.change().lockInterruptibly();
        try (Permit _ = new Permit()) {
            NavigableMap<Long, String> unavailable = loadSeveralTimes(model, place);
            if (!unavailable.isEmpty()) {
                model.loadFailed();
            }
            return unavailable;
        } catch (ServingException failure) {
            model.loadFailed();
            model.refuse(failure.text());
            throw failure;
        } catch (RuntimeException | Error failure) {
            errors.report("load", "model '" + model.name() + "'", failure);
            model.loadFailed();
            model.refuse("the server failed: " + failure);
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "the server failed to load model '%s': %s".formatted(model.name(), failure),
                    failure);
        } finally {
            model.change().unlock();
        }
    }

    private NavigableMap<Long, String> loadSeveralTimes(NamedModel model, ModelPlace place)
            throws ServingException, InterruptedException {
        for (int retry = 0; ; retry++) {
            try {
                NavigableMap<Long, String> unavailable = loadOnce(model, place);
                if (unavailable.isEmpty() || retry >= retries) {
                    return unavailable;
                }
            } catch (ServingException failure) {
                if (retry >= retries) {
                    throw failure;
                }
            }
        }
    }

    private NavigableMap<Long, String> loadOnce(NamedModel model, ModelPlace place)
            throws ServingException, InterruptedException {
        LoadedModel serving = model.current();
        try (ModelReading reading = reader.read(place, serving)) {
            model.looked(reading.look());
            return switch (reading) {
                case ModelReading.Unusable unusable -> throw unusable.failure();
                case ModelReading.Complete complete -> switchTo(model, complete);
            };
        }
    }

    private NavigableMap<Long, String> switchTo(NamedModel model, ModelReading.Complete reading)
            throws InterruptedException {
        LoadedModel serving = model.current();
        LoadedModel next = begin(model.name(), reading, serving);
        if (next.versions().stream().anyMatch(version -> !serving.has(version))) {
            tell(model.name(), reading.notes());
        }
        boolean beside = serving.serves();
        if (!beside) {
            model.replace(next);
        }
        for (LoadedVersion version : next.versions()) {
            version.await();
        }
        NavigableMap<Long, String> unavailable = next.unavailable();
        if (beside && unavailable.isEmpty()) {
            model.replace(next);
        } else if (beside) {
            for (LoadedVersion version : next.versions()) {
                if (!serving.has(version)) {
                    version.unload();
                }
            }
            model.refuse(NamedModel.list(unavailable));
        }
        return unavailable;
    }

    private LoadedModel begin(String name, ModelReading.Complete reading, LoadedModel serving)
            throws InterruptedException {
        List<LoadedVersion> versions = new ArrayList<>();
        Map<Long, String> failures = new HashMap<>(reading.failures());
        for (VersionDefinition definition : reading.versions()) {
            LoadedVersion same = serving.same(definition);
            if (same != null) {
                versions.add(same);
                continue;
            }
            try {
                versions.add(begin(definition));
            } catch (ServingException failure) {
                failures.put(definition.number(), failure.text());
            }
        }
        return LoadedModel.of(name, versions, failures, reading.notes());
    }

    private LoadedVersion begin(VersionDefinition definition)
            throws ServingException, InterruptedException {
        CallGraph.Declaration called = calls.declare(definition.config());
        try {
            return LoadedVersion.load(definition, called, workers, warmUps, latencies);
        } catch (ServingException | InterruptedException | RuntimeException | Error failure) {
            called.close();
            throw failure;
        }
    }

    private static void tell(String model, List<String> notes) {
        for (String note : notes) {
            LOG.log(Level.WARNING, "model ''{0}'': {1}", model, note);
        }
    }

    /// Takes a model out of service. Requests that have begun are finished.
    void unload(NamedModel model) {
        model.change().lock();
        try {
            model.unload();
        } finally {
            model.change().unlock();
        }
    }
}
