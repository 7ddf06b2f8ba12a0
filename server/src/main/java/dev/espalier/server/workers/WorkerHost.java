package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.ControlMessage;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.health.WorkerStatus;
import dev.espalier.server.workers.HostedModels.Hosted;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps a worker running for one engine version and one op set: starts it, loads its models, notices its
/// death, and starts the next one on the same IN memory. [WorkerState] draws what it does.
///
/// One platform thread, [#supervise], starts and listens; any thread may add and remove models.
public final class WorkerHost implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WorkerHost.class.getName());

    private final String label;
    private final EnginePack pack;
    private final WorkerSite site;
    private final InputMemory input;
    private final Thread thread;
    private final DeathLog deaths = new DeathLog();
    private final ObserverCalls observers;
    private final Judgement judgement;
    private final WorkerStarts starts;
    private final Undertaker undertaker;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final HostedModels models = new HostedModels();

    private final Standby standby;

    @GuardedBy("lock")
    private @Nullable WorkerProcess worker;

    @GuardedBy("lock")
    private WorkerState state = new WorkerState.Idle();

    @GuardedBy("lock")
    private boolean closed;

    /// Whether something has come for which a worker is to be tried without delay.
    @GuardedBy("lock")
    private boolean hurried;

    /// @param label what operators call this worker: engine and op set
    WorkerHost(String label, EnginePack pack, WorkerSite site, InputMemory input) {
        this.label = label;
        this.pack = pack;
        this.site = site;
        this.input = input;
        this.observers = new ObserverCalls(site.errors());
        this.starts = new WorkerStarts(label, pack, site, input);
        this.undertaker = new Undertaker(label, site.records(), deaths, site.errors());
        this.judgement = new Judgement(site.supervision(), lock, models, this::giveUp);
        this.standby =
                new Standby(
                        site.supervision().standby(), label, lock, models, starts, site.errors());
        this.thread =
                Thread.ofPlatform()
                        .name("host of " + label)
                        .daemon()
                        .unstarted(site.errors().root("host", this::supervise));
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

    /// How long an execution may run where the model does not say, in milliseconds; 0 for any time.
    public long executionTimeoutMillis() {
        return site.supervision().executionTimeoutMillis();
    }

    /// The process that runs now; 0 for none.
    public long pid() {
        synchronized (lock) {
            return worker == null ? 0 : worker.pid();
        }
    }

    /// How many workers have died so far.
    public int deaths() {
        return deaths.counts().values().stream().mapToInt(Integer::intValue).sum();
    }

    /// How many workers have died so far, by cause.
    public Map<String, Integer> deathsByCause() {
        return deaths.counts();
    }

    /// The worker as operators see it.
    public WorkerStatus status() {
        synchronized (lock) {
            long pid = worker == null ? 0 : worker.pid();
            ProcessStatus process = pid == 0 ? null : ProcessStatus.of(pid, ProcessStatus.buffer());
            return new WorkerStatus(
                    label,
                    pack.engine().engine(),
                    worker == null ? "" : worker.engineVersion(),
                    state().word(),
                    pid,
                    standby.pid(),
                    worker == null ? "" : worker.confinement(),
                    process == null ? 0 : process.ownBytes(),
                    models.names(),
                    deaths(),
                    deaths.latest());
        }
    }

    @GuardedBy("lock")
    private WorkerState state() {
        return state instanceof WorkerState.Serving(long pid)
                        && worker != null
                        && worker.isSuspect()
                ? new WorkerState.Suspect(pid)
                : state;
    }

    // --- models

    /// Loads a model into the worker, and into every one that comes after it.
    ///
    /// @throws ServingException UNAVAILABLE when a worker cannot have so many instances, or none comes any more
    public void add(HostedModel model) throws ServingException {
        synchronized (lock) {
            if (closed) {
                throw WorkerPool.stopping();
            }
            Hosted hosted = models.add(model, label);
            for (int i = 0; i < model.instances(); i++) {
                input.clearLane(hosted.firstLane() + i);
            }
            hurried = true;
            lock.notifyAll();
            if (worker != null) {
                worker.tell(hosted.load());
            }
            standby.load(hosted);
        }
    }

    /// Releases a model that has nothing in flight any more: the worker unloads it, and no later one
    /// gets it. Does nothing where the host has given it up already.
    public void remove(HostedModel model) {
        synchronized (lock) {
            Hosted hosted = models.remove(model, worker != null);
            if (hosted == null) {
                return;
            }
            if (worker != null) {
                worker.tell(new ControlMessage.Unload(hosted.number()));
            }
            standby.unload(hosted);
        }
    }

    private void giveUp(int number, Consumer<HostedModel.Observer> news) {
        Hosted hosted;
        synchronized (lock) {
            hosted = models.drop(number);
            if (hosted == null) {
                return;
            }
            standby.unload(hosted);
            if (models.isEmpty() && !closed) {
                state = new WorkerState.Quarantined(hosted.model().name());
            }
        }
        String _ = observers.tell(hosted, news);
    }

    // --- the host's thread

    private void supervise() {
        Backoff backoff = new Backoff();
        try {
            while (awaitModels()) {
                Ended ended = live();
                if (isClosed()) {
                    return;
                }
                Death death = ended.death();
                long millis = backoff.next(judgement.hasBetterChance(death, ended.at()));
                if (backoff.isOutOfPatience()) {
                    judgement.despair(death, backoff.failures(), observers);
                }
                rest(millis);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (lock) {
                standby.end();
            }
            input.close();
        }
    }

    /// How a worker ended.
    ///
    /// @param at what it was told to do; null for nothing
    private record Ended(Death death, Orders.@Nullable Order at) {}

    /// Waits until there is a model to run a worker for. False when the host is closed.
    private boolean awaitModels() throws InterruptedException {
        synchronized (lock) {
            while (models.isEmpty() && !closed) {
                lock.wait();
            }
            return !closed;
        }
    }

    /// Waits before the next worker is started; a new model or the end cuts it short.
    private void rest(long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lock) {
            while (!closed && !hurried && System.nanoTime() - until < 0) {
                TimeUnit.NANOSECONDS.timedWait(lock, until - System.nanoTime());
            }
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /// The life of one worker.
    private Ended live() throws InterruptedException {
        become(new WorkerState.Starting());
        WorkerProcess process;
        synchronized (lock) {
            hurried = false;
            models.begin();
            process = standby.take();
            if (process != null) {
                begin(process);
            }
        }
        if (process == null) {
            try {
                process = starts.start();
            } catch (IOException failure) {
                return new Ended(notStarted(String.valueOf(failure.getMessage())), null);
            }
            synchronized (lock) {
                begin(process);
                for (Hosted hosted : models.all()) {
                    process.tell(hosted.load());
                }
            }
        }
        process.serve();
        listen(process);
        return new Ended(bury(process), process.orders().current());
    }

    private void become(WorkerState next) {
        synchronized (lock) {
            state = next;
        }
        LOG.log(Level.DEBUG, "worker {0} is {1}", label, next);
    }

    private Death notStarted(String reason) {
        Death death = new Death(Instant.now(), label, 0, new DeathCause.NotStarted(reason));
        if (!isClosed()) {
            LOG.log(Level.WARNING, "{0}", death.text());
            deaths.add(death, "");
            become(new WorkerState.Dead(death.text()));
            observers.tell(hosted(), observer -> observer.died(death.text()));
        }
        return death;
    }

    private List<Hosted> hosted() {
        synchronized (lock) {
            return models.all();
        }
    }

    @GuardedBy("lock")
    private void begin(WorkerProcess process) {
        worker = process;
        if (closed) {
            process.hangUp();
        }
    }

    private void listen(WorkerProcess process) throws InterruptedException {
        while (process.next() instanceof WorkerProcess.News.Said(ControlMessage message)) {
            switch (message) {
                case ControlMessage.Loaded loaded -> loaded(process, loaded);
                case ControlMessage.LoadFailed(int model, String reason) ->
                        notLoaded(process, model, reason);
                case ControlMessage.Unloaded(int model) -> {
                    synchronized (lock) {
                        models.unloaded(model);
                    }
                }
                default -> throw new IllegalStateException("no answer to any order: " + message);
            }
        }
    }

    private void loaded(WorkerProcess process, ControlMessage.Loaded message) {
        Hosted hosted;
        synchronized (lock) {
            hosted = models.loaded(message.model());
        }
        if (hosted != null) {
            String trouble =
                    observers.tell(
                            hosted,
                            observer ->
                                    observer.loaded(
                                            process.link(),
                                            hosted.firstLane(),
                                            message.signature()));
            if (!trouble.isEmpty()) {
                giveUp(hosted.number(), observer -> observer.failed(trouble));
            }
        }
        settle(process);
    }

    /// The worker lives without a model. One that was loaded before is tried again in the same worker, which
    /// others may be using.
    private void notLoaded(WorkerProcess process, int number, String text) {
        Hosted hosted;
        synchronized (lock) {
            hosted = models.notLoaded(number);
        }
        String reason = site.launcher().hints().apply(text);
        if (hosted != null && hosted.everLoaded()) {
            new Reload(hosted, process, reason).begin(observers, this::reload);
        } else {
            giveUp(number, observer -> observer.failed(reason));
        }
        settle(process);
    }

    private void reload(WorkerProcess process, Hosted hosted) {
        synchronized (lock) {
            if (process == worker && models.reload(hosted)) {
                process.tell(hosted.load());
            }
        }
    }

    /// The worker serves once it has done with all models, if there are any.
    private void settle(WorkerProcess process) {
        synchronized (lock) {
            if (closed || models.isEmpty() || !models.settled()) {
                return;
            }
            become(new WorkerState.Serving(process.pid()));
            standby.prepare();
        }
    }

    private Death bury(WorkerProcess process) {
        site.watch().remove(process);
        List<Hosted> affected;
        Set<String> libraries;
        boolean wanted;
        synchronized (lock) {
            worker = null;
            wanted = !closed;
            affected = models.all();
            libraries = models.opLibraries();
            models.buried();
        }
        observers.tell(affected, observer -> observer.lost(process.link()));
        Death death = process.death(libraries);
        Set<Integer> blamed = process.link().die(death.text(), death.cause().lane());
        if (!wanted) {
            undertaker.clear(process);
            return death;
        }
        become(new WorkerState.Dead(death.text()));
        observers.tell(affected, observer -> observer.died(death.text()));
        judgement.quarantine(death, blamed);
        undertaker.bury(
                process, death, affected.stream().map(each -> each.model().name()).toList());
        return death;
    }

    // --- the end

    /// Whether the host has ended, and its worker with it.
    boolean hasEnded() {
        return !thread.isAlive();
    }

    /// Tells the worker to end, without waiting.
    void hangUp() {
        synchronized (lock) {
            closed = true;
            state = new WorkerState.Draining();
            lock.notifyAll();
            if (worker != null) {
                worker.hangUp();
            }
        }
        starts.close();
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
