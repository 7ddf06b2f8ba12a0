package dev.espalier.server.http;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.config.HttpLimits;
import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.health.Health;
import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.inference.InferenceService;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.inference.RegionInferences;
import dev.espalier.server.inference.ServedModels;
import dev.espalier.server.logging.HeldLogSettings;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.repository.ConfigJson;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelControl;
import dev.espalier.server.repository.OpCatalog;
import dev.espalier.server.scheduling.EchoWorker;
import dev.espalier.server.tracing.TraceExporters;
import dev.espalier.server.tracing.Tracing;
import dev.espalier.server.work.WorkPool;
import java.io.IOException;
import java.util.List;

/// What lies behind a protocol, for tests of any of them: real event loops, scheduling and shared memory,
/// [EchoModels], and an [EchoWorker] that waits until the test lets it run something.
public final class EchoBackend implements AutoCloseable {
    private static final long MEMORY = 64L << 20;
    private static final long HEAP = 256L << 20;

    private final ByteBudget heap = new ByteBudget("heap", "send less", HEAP);
    private final ByteBudget tensors = new ByteBudget("request memory", "wait", MEMORY);
    private final ClientMemory clients = new ClientMemory(heap, tensors);

    private final InternalErrors errors = new InternalErrors(() -> {});
    private final WorkPool work = new WorkPool("work", 2, errors);
    private final Links links;
    private final LinkedLoops loops;
    private final EchoModels models;
    private final EchoWorker worker;
    private final ObservedInferences inferences;
    private final ClientRegions regions;
    private final CopiedBytes copied = new CopiedBytes();
    private final HeldLogSettings log = new HeldLogSettings();
    private final Tracing tracing;
    private volatile boolean well = true;

    public EchoBackend() throws IOException {
        this(TraceOptions.NONE, ClientRegions.off());
    }

    /// A server that traces requests.
    public EchoBackend(TraceOptions traces) throws IOException {
        this(traces, ClientRegions.off());
    }

    /// @param regions where clients have tensors
    public EchoBackend(ClientRegions regions) throws IOException {
        this(TraceOptions.NONE, regions);
    }

    private EchoBackend(TraceOptions traces, ClientRegions regions) throws IOException {
        tracing = new Tracing(traces, TraceExporters.writer(traces, "test", errors));
        this.regions = regions;
        links = LinkKind.ofThisMachine().open();
        loops = new LinkedLoops(2, links.kind(), errors);
        InputMemory memory = new InputMemory(tensors, links, Runnable::run);
        models = new EchoModels(memory, loops);
        LinkedWorker link = new LinkedWorker("echo", loops, memory);
        link.activate();
        worker = new EchoWorker(link, links, models.count());
        models.attach(link);
        inferences =
                new ObservedInferences(
                        new RegionInferences(
                                new InferenceService(models, loops, errors), loops, work, errors));
    }

    public HeldLogSettings log() {
        return log;
    }

    public Tracing tracing() {
        return tracing;
    }

    public LinkedLoops loops() {
        return loops;
    }

    public ServedModels models() {
        return models;
    }

    public ModelCatalog catalog() {
        return models;
    }

    public ModelControl control() {
        return models;
    }

    public OpCatalog ops() {
        return models;
    }

    public EchoWorker worker() {
        return worker;
    }

    public ObservedInferences inferences() {
        return inferences;
    }

    public ServerInfo info() {
        return new ServerInfo("echo", "1.0", List.of("binary_tensor_data"));
    }

    /// Live, and ready until it falls ill.
    public Health health() {
        return new Health() {
            @Override
            public boolean live() {
                return true;
            }

            @Override
            public boolean ready() {
                return well;
            }
        };
    }

    public void fallIll() {
        well = false;
    }

    /// What HTTP needs.
    HttpServices httpServices(
            Inferences served, AccessTokens tokens, ApiRestrictions restrictions) {
        return httpServices(served, tokens, restrictions, work);
    }

    HttpServices httpServices(
            Inferences served, AccessTokens tokens, ApiRestrictions restrictions, WorkPool pool) {
        return new HttpServices(
                served,
                models,
                models,
                models,
                info(),
                health(),
                tokens,
                restrictions,
                log,
                tracing,
                regions,
                copied,
                new HttpMeans(clients, pool, errors, HttpLimits.DEFAULT),
                ConfigJson::of,
                List::of);
    }

    public ClientRegions regions() {
        return regions;
    }

    public WorkPool work() {
        return work;
    }

    public InternalErrors errors() {
        return errors;
    }

    public ByteBudget heap() {
        return heap;
    }

    /// What requests' tensors take up.
    public ByteBudget tensors() {
        return tensors;
    }

    public ClientMemory clients() {
        return clients;
    }

    public CopiedBytes copied() {
        return copied;
    }

    public ModelStatistics statistics(String model) {
        return models.statistics(model);
    }

    @Override
    public void close() {
        worker.stop();
        loops.close();
        links.close();
        work.close();
        tracing.close();
    }
}
