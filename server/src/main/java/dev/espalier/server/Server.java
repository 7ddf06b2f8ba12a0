package dev.espalier.server;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ControlMode;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.engines.Engines;
import dev.espalier.server.engines.GpuUse;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.grpc.GrpcServer;
import dev.espalier.server.grpc.GrpcServices;
import dev.espalier.server.health.Health;
import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.http.HttpMeans;
import dev.espalier.server.http.HttpServer;
import dev.espalier.server.http.HttpServices;
import dev.espalier.server.http.MetricsServer;
import dev.espalier.server.inference.InferenceService;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.inference.ModelCalls;
import dev.espalier.server.inference.RegionInferences;
import dev.espalier.server.logging.LogSettings;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.metrics.MachineUse;
import dev.espalier.server.ops.Preload;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.repository.ConfigJson;
import dev.espalier.server.repository.ModelOps;
import dev.espalier.server.repository.ModelRepository;
import dev.espalier.server.repository.PrivateFolder;
import dev.espalier.server.repository.RepositoryPoll;
import dev.espalier.server.repository.WarmUps;
import dev.espalier.server.tracing.TraceExporters;
import dev.espalier.server.tracing.Tracing;
import dev.espalier.server.work.WorkPool;
import dev.espalier.server.workers.WorkerGroups;
import dev.espalier.server.workers.WorkerPool;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The whole server: puts the parts together, starts them in order, and closes them in reverse.
final class Server implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Server.class.getName());

    private static final String SHARED_MEMORY = "system_shared_memory";

    /// The parts of the protocol beyond its core that are served, in the order in which Triton lists its.
    private static final List<String> EXTENSIONS =
            List.of(
                    "classification",
                    "model_repository",
                    "model_repository(unload_dependents)",
                    "schedule_policy",
                    "model_configuration",
                    SHARED_MEMORY,
                    "binary_tensor_data",
                    "parameters",
                    "statistics",
                    "trace",
                    "logging");

    private final ServerOptions options;
    private final InternalErrors errors;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /// What closes each service for inferences, given the time that requests in flight may still take.
    private final List<Consumer<Duration>> services = new ArrayList<>();

    private final LinkedLoops loops;
    private final ModelRepository repository;
    private final ServerMetrics metrics;
    private final HttpServices httpServices;
    private final GrpcServices grpcServices;
    private final HttpMeans means;
    private final WorkPool work;
    private volatile boolean started;

    /// Whether every model that is there from the start is ready or has failed.
    private volatile boolean settled;

    /// @param engines those that there are, installed or not
    /// @param log what clients may change of the log
    /// @param errors what becomes of errors that nobody expected
    /// @throws IOException when the machine does not give what the server needs
    Server(ServerOptions options, Engines engines, LogSettings log, InternalErrors errors)
            throws IOException {
        this.options = options;
        this.errors = errors;
        options.notices().forEach(notice -> LOG.log(Level.WARNING, notice));
        try {
            int cores = Runtime.getRuntime().availableProcessors();
            LinkKind link = options.workers().link();
            loops =
                    opened(
                            new LinkedLoops(
                                    Math.min(options.http().threadCount(), cores), link, errors));
            ScheduledExecutorService timer = opened(new RootedTimer(errors));
            var _ = timer.scheduleWithFixedDelay(new HeapRelease(), 2, 2, TimeUnit.SECONDS);
            Path state = options.workers().stateDirectory();
            StateFolder.prepare(state);
            PrivateFolder copies = opened(new PrivateFolder(state.resolve("models")));
            OpAssembly ops = OpAssembly.of(options, engines, WorkerGroups.of(options.workers()));
            ops.preloads().forEach(Server::tell);
            ByteBudget requestMemory =
                    new ByteBudget(
                            "request memory",
                            "raise --request-memory-mb",
                            options.workers().requestMemoryBytes());
            ByteBudget heap =
                    new ByteBudget(
                            "the heap for JSON and typed contents",
                            "send and ask for binary tensors",
                            Runtime.getRuntime().maxMemory() / 2);
            Links links = opened(link.open());
            ExecutorService pageMaker =
                    opened(
                            Executors.newSingleThreadExecutor(
                                    Thread.ofPlatform().name("pages").daemon().factory()));
            WorkerPool workers =
                    opened(
                            new WorkerPool(
                                    ops.packs(),
                                    ops.launcher(),
                                    links,
                                    loops,
                                    copies.next(),
                                    requestMemory,
                                    pageMaker,
                                    errors,
                                    options.workers()));
            var _ = timer.scheduleWithFixedDelay(workers::trim, 1, 1, TimeUnit.SECONDS);
            repository =
                    new ModelRepository(
                            options.repository(),
                            options.backends(),
                            engines.formats(),
                            new ModelOps(options.repository(), ops.options(), ops.libraries()),
                            copies,
                            workers,
                            new WarmUps(loops, timer, errors),
                            options.metrics().latencies());
            Tracing tracing =
                    opened(
                            new Tracing(
                                    options.tracing(),
                                    TraceExporters.writer(options.tracing(), version(), errors)));
            work = opened(new WorkPool("work", cores, errors));
            ClientRegions regions = regions();
            WorkPool copiers = opened(new WorkPool("regions", cores, errors));
            CopiedBytes callCopies = new CopiedBytes();
            Inferences inferences =
                    new RegionInferences(
                            new InferenceService(
                                    repository, loops, errors, new ModelCalls(work, callCopies)),
                            loops,
                            copiers,
                            errors);
            ClientMemory memory = new ClientMemory(heap, requestMemory);
            means = new HttpMeans(memory, work, errors, options.http().limits());
            ServerInfo info = new ServerInfo(options.id(), version(), extensions(regions));
            AccessTokens tokens = tokens();
            CopiedBytes httpCopies = new CopiedBytes();
            CopiedBytes grpcCopies = new CopiedBytes();
            httpServices =
                    new HttpServices(
                            inferences,
                            repository,
                            repository,
                            repository,
                            info,
                            health(),
                            tokens,
                            options.security().http(),
                            log,
                            tracing,
                            regions,
                            httpCopies,
                            means,
                            ConfigJson::of,
                            workers::statuses);
            grpcServices =
                    new GrpcServices(
                            inferences,
                            repository,
                            repository,
                            repository,
                            info,
                            health(),
                            tokens,
                            options.security().grpc(),
                            log,
                            tracing,
                            regions,
                            grpcCopies,
                            memory,
                            work,
                            errors);
            metrics =
                    new ServerMetrics(
                            repository,
                            workers,
                            errors,
                            loops,
                            means,
                            requestMemory,
                            tracing,
                            options.metrics().latencies(),
                            Map.of("http", httpCopies, "grpc", grpcCopies, "calls", callCopies),
                            Map.of("work", work, "regions", copiers),
                            options.metrics().cpu()
                                    ? new MachineUse(options.metrics().interval())
                                    : null,
                            options.metrics().gpu() ? new GpuUse() : null);
        } catch (IOException failure) {
            close();
            throw failure;
        }
    }

    private ClientRegions regions() {
        return options.security().clientSharedMemory()
                ? ClientRegions.in(ClientRegions.SYSTEM_FOLDER)
                : ClientRegions.off();
    }

    private static List<String> extensions(ClientRegions regions) {
        return EXTENSIONS.stream()
                .filter(name -> regions.allowed() || !name.equals(SHARED_MEMORY))
                .toList();
    }

    private static void tell(Preload preload) {
        LOG.log(preload instanceof Preload.Ignored ? Level.WARNING : Level.INFO, preload.text());
    }

    private static String version() {
        String version = Server.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private Health health() {
        return new Health() {
            @Override
            public boolean live() {
                return started && loops.watch().alive();
            }

            @Override
            public boolean ready() {
                return settled
                        && (!options.repository().strictReadiness() || repository.versionsReady());
            }
        };
    }

    private AccessTokens tokens() throws IOException {
        String file = options.security().authTokenFile();
        return file.isEmpty() ? AccessTokens.notRequired() : AccessTokens.read(Path.of(file));
    }

    /// Opens the ports while the models load, and waits for them: who asks meanwhile learns that the server is live
    /// and not ready, instead of finding nobody there however long a model takes.
    ///
    /// @return false where a model cannot be served and the options say that the server then ends
    /// @throws IOException when a port cannot be opened
    boolean start() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        repository.load();
        started = true;
        openPorts();
        repository.await();
        ModelTable.lines(repository.index()).forEach(line -> LOG.log(Level.INFO, line));
        if (options.repository().exitOnError() && !repository.allReady()) {
            return false;
        }
        Duration pause = options.repository().pollPause();
        if (options.repository().control() == ControlMode.POLL && pause.isPositive()) {
            opened(new RepositoryPoll(repository, pause, errors));
        }
        settled = true;
        // Scripts wait for this line.
        LOG.log(
                Level.INFO,
                "The start is complete after {0} ms: every model is ready or has failed",
                Long.toString((System.nanoTime() - begun) / 1_000_000));
        return true;
    }

    private void openPorts() throws IOException {
        open.push(this::closeServices);
        // As Triton: whoever has seen the HTTP service live finds the gRPC one open.
        if (options.grpc().allowed()) {
            GrpcServer grpc = new GrpcServer(options.grpc(), loops.serving(), grpcServices);
            services.add(grpc::close);
            announce("GRPCInferenceService", options.grpc().address(), grpc.port());
        }
        if (options.http().allowed()) {
            HttpServer http = new HttpServer(options.http(), loops.serving(), httpServices);
            services.add(http::close);
            announce("HTTP service", options.http().address(), http.port());
        }
        if (options.metrics().allowed()) {
            MetricsServer served =
                    new MetricsServer(options.metrics(), loops.serving(), means, metrics::text);
            open.push(() -> served.close(Duration.ZERO));
            announce("metrics service", options.metrics().address(), served.port());
        }
    }

    /// Both at once, so that no service takes requests while the other one drains, and both in the same time.
    private void closeServices() {
        try (ExecutorService closers = Executors.newVirtualThreadPerTaskExecutor()) {
            services.forEach(
                    service -> closers.execute(() -> service.accept(options.exitTimeout())));
        }
    }

    private static void announce(String service, String address, int port) {
        LOG.log(Level.INFO, "Started {0} at {1}:{2}", service, address, Integer.toString(port));
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    @Override
    public void close() {
        started = false;
        settled = false;
        while (!open.isEmpty()) {
            AutoCloseable part = open.pop();
            try {
                part.close();
            } catch (Exception failure) {
                LOG.log(Level.ERROR, "closing " + part.getClass().getSimpleName(), failure);
            }
        }
    }
}
