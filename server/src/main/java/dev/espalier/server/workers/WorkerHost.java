package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Keeps a worker running for one engine version and one op set: starts it, loads its models, notices its
/// death, and starts the next one on the same IN memory.
///
/// One platform thread, [#supervise], starts and listens; any thread may add and remove models.
public final class WorkerHost implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WorkerHost.class.getName());
    private static final long FIRST_BACKOFF_MILLIS = 20;
    private static final long LONGEST_BACKOFF_MILLIS = 5_000;

    /// Workers that die one after the other before they have loaded their models, until the host gives
    /// the models up.
    private static final int ATTEMPTS = 3;

    private final String label;
    private final EnginePack pack;
    private final WorkerLauncher launcher;
    private final LinkedLoops loops;
    private final InputMemory input;
    private final Thread thread;

    private final Object lock = new Object();
    private final Map<Integer, Hosted> models = new LinkedHashMap<>();

    /// Models that the worker has been told to unload, and whose lanes it may still look at.
    private final Map<Integer, Hosted> leaving = new HashMap<>();

    private final LaneNumbers lanes = new LaneNumbers();
    private @Nullable WorkerProcess worker;
    private int nextModel;
    private int deaths;
    private boolean closed;

    /// A model in the care of this host.
    private static final class Hosted {
        private final int number;
        private final int firstLane;
        private final HostedModel model;

        /// Whether any worker has ever loaded it.
        private boolean everLoaded;

        /// Whether the worker that runs now has loaded it.
        private boolean loaded;

        Hosted(int number, int firstLane, HostedModel model) {
            this.number = number;
            this.firstLane = firstLane;
            this.model = model;
        }
    }

    /// @param label what operators call this worker: engine and op set
    public WorkerHost(
            String label,
            EnginePack pack,
            WorkerLauncher launcher,
            LinkedLoops loops,
            InputMemory input) {
        this.label = label;
        this.pack = pack;
        this.launcher = launcher;
        this.loops = loops;
        this.input = input;
        this.thread =
                Thread.ofPlatform().name("host of " + label).daemon().unstarted(this::supervise);
    }

    /// Starts the first worker, in the background.
    public void start() {
        thread.start();
    }

    public String label() {
        return label;
    }

    /// Where requests for this worker lie.
    public InputMemory input() {
        return input;
    }

    /// The process that runs now; 0 for none.
    public long pid() {
        synchronized (lock) {
            return worker == null ? 0 : worker.pid();
        }
    }

    /// How many workers have died so far.
    public int deaths() {
        synchronized (lock) {
            return deaths;
        }
    }

    /// Loads a model into the worker, and into every one that comes after it.
    ///
    /// @throws ServingException UNAVAILABLE when a worker cannot have so many instances
    public void add(HostedModel model) throws ServingException {
        synchronized (lock) {
            int firstLane = lanes.take(model.instances());
            if (firstLane < 0) {
                throw new ServingException(
                        ErrorCode.UNAVAILABLE,
                        "worker %s has %d instances and no room for %d more (at most %d)"
                                .formatted(
                                        label,
                                        lanes.count(),
                                        model.instances(),
                                        LinkLayout.MAX_LANES));
            }
            for (int i = 0; i < model.instances(); i++) {
                input.clearLane(firstLane + i);
            }
            Hosted hosted = new Hosted(nextModel++, firstLane, model);
            models.put(hosted.number, hosted);
            lock.notifyAll();
            if (worker != null) {
                load(worker, hosted);
            }
        }
    }

    /// Releases a model that has nothing in flight any more: the worker unloads it, and no later one
    /// gets it. Does nothing where the host has given it up already.
    public void remove(HostedModel model) {
        synchronized (lock) {
            for (Hosted hosted : models.values()) {
                if (hosted.model.equals(model)) {
                    models.remove(hosted.number);
                    unload(hosted);
                    return;
                }
            }
        }
    }

    private void unload(Hosted hosted) {
        WorkerProcess process = worker;
        if (process == null) {
            freeLanes(hosted);
            return;
        }
        leaving.put(hosted.number, hosted);
        try {
            process.send(new ControlMessage.Unload(hosted.number));
        } catch (LinkException _) {
            // The worker is gone: the host's thread learns it too, and frees the lanes.
        }
    }

    private void freeLanes(Hosted hosted) {
        lanes.free(hosted.firstLane, hosted.model.instances());
    }

    private void load(WorkerProcess process, Hosted hosted) {
        HostedModel model = hosted.model;
        try {
            process.send(
                    new ControlMessage.Load(
                            hosted.number,
                            model.name(),
                            model.file().toString(),
                            model.opLibraries(),
                            model.parameters(),
                            hosted.firstLane,
                            model.instances()));
        } catch (LinkException _) {
            // The worker is gone: the host's thread learns it too, and the next one gets the model.
        }
    }

    // --- the host's thread

    private void supervise() {
        int failures = 0;
        long backoff = FIRST_BACKOFF_MILLIS;
        try {
            while (awaitModels()) {
                String end = liveOnce();
                if (isClosed()) {
                    return;
                }
                boolean progressed = dropNeverLoaded(end) || settled();
                failures = progressed ? 0 : failures + 1;
                backoff = progressed ? FIRST_BACKOFF_MILLIS : 2 * backoff;
                if (failures == ATTEMPTS) {
                    giveUp(end);
                    failures = 0;
                }
                Thread.sleep(Math.min(backoff, LONGEST_BACKOFF_MILLIS));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            input.close();
        }
    }

    /// Waits until there is a model to run a worker for. False when the host is closed.
    private boolean awaitModels() throws InterruptedException {
        synchronized (lock) {
            while (models.isEmpty() && !closed) {
                lock.wait();
            }
            return !closed;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /// The life of one worker.
    ///
    /// @return how it ended
    private String liveOnce() {
        LinkedWorker link;
        try {
            link = new LinkedWorker(label, loops, input);
        } catch (IOException failure) {
            return "has no memory: " + failure.getMessage();
        }
        WorkerProcess process;
        try {
            process = WorkerProcess.start(label, pack, launcher, link);
        } catch (IOException failure) {
            String end = String.valueOf(failure.getMessage());
            LOG.log(Level.WARNING, "worker {0} {1}", label, end);
            link.die(new ServingException(ErrorCode.UNAVAILABLE, end));
            return end;
        }
        LOG.log(Level.INFO, "{0} runs {1} {2}", process, pack.engine(), process.engineVersion());
        synchronized (lock) {
            worker = process;
            for (Hosted hosted : models.values()) {
                hosted.loaded = false;
                load(process, hosted);
            }
            if (closed) {
                process.hangUp();
            }
        }
        listen(process);
        return bury(process);
    }

    private void listen(WorkerProcess process) {
        try {
            while (true) {
                switch (process.receive()) {
                    case ControlMessage.Loaded loaded -> loaded(process, loaded);
                    case ControlMessage.LoadFailed failed -> loadFailed(failed);
                    case ControlMessage.Unloaded(int model) -> unloaded(model);
                    case ControlMessage unexpected ->
                            throw new LinkException("unexpected message: " + unexpected);
                }
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "{0}: {1}", process, gone.getMessage());
        }
    }

    private void loaded(WorkerProcess process, ControlMessage.Loaded message) {
        Hosted hosted;
        synchronized (lock) {
            hosted = models.get(message.model());
            if (hosted == null) {
                return;
            }
            hosted.loaded = true;
            hosted.everLoaded = true;
        }
        hosted.model.observer().loaded(process.link(), hosted.firstLane, message.signature());
    }

    private void loadFailed(ControlMessage.LoadFailed message) {
        Hosted hosted;
        synchronized (lock) {
            hosted = models.remove(message.model());
            if (hosted != null) {
                freeLanes(hosted);
            }
        }
        if (hosted != null) {
            hosted.model
                    .observer()
                    .failed(new ServingException(ErrorCode.UNAVAILABLE, message.reason()));
        }
    }

    private void unloaded(int model) {
        synchronized (lock) {
            Hosted hosted = leaving.remove(model);
            if (hosted != null) {
                freeLanes(hosted);
            }
        }
    }

    private String bury(WorkerProcess process) {
        List<Hosted> affected;
        boolean wanted;
        synchronized (lock) {
            worker = null;
            wanted = closed;
            deaths += wanted ? 0 : 1;
            affected = List.copyOf(models.values());
            leaving.values().forEach(this::freeLanes);
            leaving.clear();
        }
        for (Hosted hosted : affected) {
            hosted.model.observer().lost(process.link());
        }
        String end = process.end();
        if (!wanted) {
            LOG.log(Level.WARNING, "worker {0} {1}; it is being replaced", label, end);
        }
        process.link()
                .die(
                        new ServingException(
                                ErrorCode.UNAVAILABLE,
                                ("worker %s %s while it had this request; a new worker takes its"
                                                + " place, try again")
                                        .formatted(label, end)));
        return end;
    }

    /// A worker that dies while it loads a model for the first time fails that model at once: whoever put
    /// it there is waiting to hear about it.
    ///
    /// @return whether there was such a model
    private boolean dropNeverLoaded(String end) {
        return drop(hosted -> !hosted.everLoaded, end + ", before it had loaded the model");
    }

    private boolean settled() {
        synchronized (lock) {
            return models.values().stream().allMatch(hosted -> hosted.loaded);
        }
    }

    private void giveUp(String end) {
        boolean _ = drop(_ -> true, "%s, %d times in a row".formatted(end, ATTEMPTS));
    }

    private boolean drop(Predicate<Hosted> condition, String end) {
        List<Hosted> dropped;
        synchronized (lock) {
            dropped = models.values().stream().filter(condition).toList();
            models.values().removeAll(dropped);
            dropped.forEach(this::freeLanes);
        }
        for (Hosted hosted : dropped) {
            hosted.model
                    .observer()
                    .failed(
                            new ServingException(
                                    ErrorCode.UNAVAILABLE, "worker %s %s".formatted(label, end)));
        }
        return !dropped.isEmpty();
    }

    /// Whether the host has ended, and its worker with it.
    boolean hasEnded() {
        return !thread.isAlive();
    }

    /// Tells the worker to end, without waiting.
    void hangUp() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            if (worker != null) {
                worker.hangUp();
            }
        }
    }

    /// Ends the worker. Requests that it still has fail.
    @Override
    public void close() {
        hangUp();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
