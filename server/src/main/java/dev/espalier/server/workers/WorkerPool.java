package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.LinkException;
import dev.espalier.link.Links;
import dev.espalier.server.config.GrantRules;
import dev.espalier.server.config.Grants;
import dev.espalier.server.config.UnreadLimit;
import dev.espalier.server.config.WorkerOptions;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.health.WorkerStatus;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.OpSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// All workers, one for each engine version and op set that models need. Safe for use by several threads.
public final class WorkerPool implements AutoCloseable {
    private final EnginePacks packs;
    private final Path files;
    private final WorkerSite site;
    private final ByteBudget requestMemory;
    private final UnreadLimit unread;
    private final Executor pageMaker;
    private final GrantRules rules;
    private final boolean oneForAll;
    private final AtomicLong numbers = new AtomicLong();
    private final PacksInUse packsInUse = new PacksInUse();

    @GuardedBy("this")
    private final Map<Key, Leased> hosts = new HashMap<>();

    /// Hosts that no model uses any more, and whose workers may still be ending.
    @GuardedBy("this")
    private final List<WorkerHost> ending = new ArrayList<>();

    @GuardedBy("this")
    private boolean closed;

    /// What models have in common that share a worker.
    private record Key(EngineVersion engine, String ops, Grants granted, List<String> options) {}

    /// A worker's host, and how many models use it. Its memory is there for as long as they do, also when the
    /// server's end overtakes a load: what is mapped no more cannot be touched without a SIGSEGV.
    private static final class Leased {
        private final WorkerHost host;
        private final EngineVersion engine;
        private final WorkerFiles files;
        private int leases;

        Leased(WorkerHost host, EngineVersion engine, WorkerFiles files) {
            this.host = host;
            this.engine = engine;
            this.files = files;
            host.input().hold();
        }
    }

    /// @param launcher starts the processes
    /// @param links what the processes are linked by
    /// @param files where folders may be made from which workers read
    /// @param requestMemory what all workers' requests and results may take up together
    /// @param pageMaker runs what makes pages of it ahead of those who will want them
    /// @param errors what becomes of errors that nobody expected
    public WorkerPool(
            EnginePacks packs,
            WorkerLauncher launcher,
            Links links,
            LinkedLoops loops,
            Path files,
            ByteBudget requestMemory,
            Executor pageMaker,
            InternalErrors errors,
            WorkerOptions options) {
        this.packs = packs;
        this.files = files;
        this.site =
                new WorkerSite(
                        launcher,
                        links,
                        loops,
                        new WorkerWatch(errors),
                        new DeathRecords(options.stateDirectory().resolve("deaths")),
                        errors,
                        options.supervision());
        this.requestMemory = requestMemory;
        this.pageMaker = pageMaker;
        this.unread = options.unread();
        this.rules = options.grants();
        this.oneForAll = options.oneForAll();
    }

    /// The worker for one more model of this engine with this op set; started if there is none. It runs
    /// until each such call has been followed by a [#release].
    ///
    /// Models that were granted different things, or want another JVM, have different workers, whatever their ops.
    ///
    /// @param model the model's name
    /// @param asked what it asks for beyond what every worker may use
    /// @param parameters those of its configuration, which may say something of its process
    /// @throws ServingException when the operator does not allow that, the engine is not installed any more, or
    ///     there is no memory
    public WorkerHost lease(
            EngineVersion engine,
            OpSet ops,
            String model,
            Grants asked,
            Map<String, String> parameters)
            throws ServingException {
        Optional<String> refusal = rules.refusal(model, asked);
        if (refusal.isPresent()) {
            throw new ServingException(ErrorCode.INVALID_ARGUMENT, refusal.get());
        }
        List<String> jvm = site.launcher().modelOptions(engine.engine(), model, parameters);
        Key key = new Key(engine, oneForAll ? "" : ops.key(), asked, jvm);
        WorkerHost known = leaseKnown(key);
        if (known != null) {
            return known;
        }
        // Folders are read and memory is taken while others go on; whoever is second gives it back.
        EnginePack pack = use(engine);
        WorkerFiles laid = null;
        WorkerHost made = null;
        WorkerHost host = null;
        try {
            laid = new WorkerFiles(files.resolve(Long.toString(numbers.incrementAndGet())));
            made =
                    new WorkerHost(
                            engine + " [" + ops.label() + "]",
                            pack,
                            site.with(site.launcher().reading(laid.folder(), asked, jvm)),
                            new InputMemory(requestMemory, site.links(), pageMaker, unread));
            host = add(key, engine, laid, made);
            return host;
        } catch (LinkException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "no memory for a worker: " + failure.getMessage(),
                    failure);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "no folder for a worker's files (see --state-directory): " + failure,
                    failure);
        } finally {
            if (host == null || host != made) {
                drop(engine, laid, made);
            }
        }
    }

    /// Gives back what was made for a worker that is not wanted.
    private void drop(EngineVersion engine, @Nullable WorkerFiles laid, @Nullable WorkerHost made) {
        if (made != null) {
            made.input().close();
        }
        if (laid != null) {
            laid.remove();
        }
        packsInUse.remove(engine);
    }

    private synchronized @Nullable WorkerHost leaseKnown(Key key) throws ServingException {
        if (closed) {
            throw stopping();
        }
        Leased known = hosts.get(key);
        if (known == null) {
            return null;
        }
        known.leases++;
        return known.host;
    }

    private synchronized WorkerHost add(
            Key key, EngineVersion engine, WorkerFiles files, WorkerHost host)
            throws ServingException {
        WorkerHost known = leaseKnown(key);
        if (known != null) {
            return known;
        }
        Leased leased = new Leased(host, engine, files);
        leased.leases = 1;
        hosts.put(key, leased);
        host.start();
        return host;
    }

    /// What a load is told that the server's end has overtaken.
    static ServingException stopping() {
        return new ServingException(
                ErrorCode.UNAVAILABLE, "the server is stopping and starts no worker any more");
    }

    /// Where the files lie that a worker reads.
    public synchronized WorkerFiles files(WorkerHost host) {
        for (Leased leased : hosts.values()) {
            if (leased.host == host) {
                return leased.files;
            }
        }
        throw new IllegalStateException("worker " + host.label() + " has been released");
    }

    /// A model has left this worker. The last one ends it: only the end of a process unloads a library.
    public void release(WorkerHost host) {
        Leased unused = leave(host);
        if (unused != null) {
            host.hangUp();
            host.input().close();
            unused.files.remove();
            packsInUse.remove(unused.engine);
        }
    }

    /// @return a host that nobody uses any more; null where somebody does
    private synchronized @Nullable Leased leave(WorkerHost host) {
        for (Leased leased : hosts.values()) {
            if (leased.host == host) {
                leased.leases--;
                if (leased.leases > 0) {
                    return null;
                }
                hosts.values().remove(leased);
                ending.removeIf(WorkerHost::hasEnded);
                ending.add(host);
                return leased;
            }
        }
        throw new IllegalStateException("worker " + host.label() + " was released too often");
    }

    /// The pack of an engine, which cannot be removed from now on.
    private EnginePack use(EngineVersion engine) throws ServingException {
        try {
            Optional<EnginePack> pack = packs.find(engine);
            if (pack.isEmpty()) {
                throw new ServingException(
                        ErrorCode.UNAVAILABLE,
                        "engine %s is not installed; install it with: espalier engine install %s"
                                .formatted(engine, engine));
            }
            packsInUse.add(pack.get());
            return pack.get();
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()), failure);
        }
    }

    /// The workers that models use.
    public synchronized List<WorkerHost> hosts() {
        return hosts.values().stream().map(leased -> leased.host).toList();
    }

    /// Gives request memory back that has not been used for some seconds.
    public void trim() {
        hosts().forEach(host -> host.input().trim());
    }

    /// All of them, as operators see them.
    public List<WorkerStatus> statuses() {
        return hosts().stream().map(WorkerHost::status).toList();
    }

    @Override
    public void close() {
        List<WorkerHost> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(hosts());
            open.addAll(ending);
        }
        // First all are told, so that they end at the same time.
        open.forEach(WorkerHost::hangUp);
        open.forEach(WorkerHost::close);
        packsInUse.close();
        site.watch().close();
    }
}
