package dev.espalier.server;

import dev.espalier.server.config.LatencyOptions;
import dev.espalier.server.engines.GpuUse;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.http.HttpMeans;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.metrics.FailureReason;
import dev.espalier.server.metrics.MachineUse;
import dev.espalier.server.metrics.MetricText;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.repository.ModelRepository;
import dev.espalier.server.repository.OpLibraryUse;
import dev.espalier.server.tracing.Tracing;
import dev.espalier.server.work.WorkPool;
import dev.espalier.server.workers.WorkerHost;
import dev.espalier.server.workers.WorkerPool;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What `/metrics` says: Triton's names for models and machine, and our own for workers and copies.
final class ServerMetrics {
    private final ModelRepository repository;
    private final WorkerPool workers;
    private final InternalErrors errors;
    private final LinkedLoops loops;
    private final HttpMeans means;
    private final ByteBudget memory;
    private final Tracing tracing;
    private final LatencyOptions latencies;
    private final SortedMap<String, CopiedBytes> copies;
    private final SortedMap<String, WorkPool> pools;
    private final @Nullable MachineUse machine;
    private final @Nullable GpuUse gpus;

    /// One model version at the moment of the scrape.
    record Row(String[] labels, StatisticsSnapshot snapshot, ModelStatistics statistics) {}

    /// One of Triton's counters.
    record Counter(String name, String help, ToLongFunction<StatisticsSnapshot> value) {
        void write(MetricText text, List<Row> rows) {
            text.metric(name, "counter", help);
            for (Row row : rows) {
                text.value(name, value.applyAsLong(row.snapshot()), row.labels());
            }
        }
    }

    /// One of our own about op libraries.
    private record OpMetric(
            String name, String type, String help, ToLongFunction<OpLibraryUse> value) {}

    private static final List<Counter> COUNTERS =
            List.of(
                    new Counter(
                            "nv_inference_request_success",
                            "Number of successful inference requests, all batch sizes",
                            s -> s.success().count()),
                    new Counter(
                            "nv_inference_count",
                            "Number of inferences performed, a batch of n counting n",
                            StatisticsSnapshot::inferenceCount),
                    new Counter(
                            "nv_inference_exec_count",
                            "Number of model executions performed",
                            StatisticsSnapshot::executionCount));

    /// @param memory that of requests and answers
    /// @param copies by protocol
    /// @param pools of threads that work beside the event loops, by name
    /// @param machine null to say nothing about it
    /// @param gpus null to say nothing about them
    ServerMetrics(
            ModelRepository repository,
            WorkerPool workers,
            InternalErrors errors,
            LinkedLoops loops,
            HttpMeans means,
            ByteBudget memory,
            Tracing tracing,
            LatencyOptions latencies,
            Map<String, CopiedBytes> copies,
            Map<String, WorkPool> pools,
            @Nullable MachineUse machine,
            @Nullable GpuUse gpus) {
        this.repository = repository;
        this.workers = workers;
        this.errors = errors;
        this.loops = loops;
        this.means = means;
        this.memory = memory;
        this.tracing = tracing;
        this.latencies = latencies;
        this.copies = new TreeMap<>(copies);
        this.pools = new TreeMap<>(pools);
        this.machine = machine;
        this.gpus = gpus;
    }

    String text() {
        MetricText text = new MetricText();
        List<Row> rows = rows();
        COUNTERS.forEach(counter -> counter.write(text, rows));
        new LatencyMetrics(latencies).write(text, rows);
        failures(text, rows);
        pending(text, rows);
        loads(text);
        workers(text);
        opLibraries(text);
        copies(text);
        errors(text);
        traces(text);
        if (machine != null) {
            machine.write(text);
        }
        if (gpus != null) {
            gpus.write(text);
        }
        return text.toString();
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        repository.observe((model, version, config, statistics) -> {
            List<String> labels = new ArrayList<>(List.of("model", model, "version", version));
            new TreeMap<>(config.getMetricTagsMap())
                    .forEach((name, value) -> labels.addAll(List.of("_" + name, value)));
            rows.add(
                    new Row(
                            labels.toArray(String[]::new),
                            statistics.snapshot(model, version),
                            statistics));
        });
        return rows;
    }

    private static void failures(MetricText text, List<Row> rows) {
        String name = "nv_inference_request_failure";
        text.metric(name, "counter", "Number of failed inference requests, by reason");
        for (Row row : rows) {
            for (FailureReason reason : FailureReason.values()) {
                List<String> labels = new ArrayList<>(List.of(row.labels()));
                labels.addAll(List.of("reason", reason.name()));
                text.value(name, row.statistics().failures(reason), labels.toArray(String[]::new));
            }
        }
    }

    private static void pending(MetricText text, List<Row> rows) {
        String name = "nv_inference_pending_request_count";
        text.metric(name, "gauge", "Number of requests that are not executed yet");
        for (Row row : rows) {
            text.value(name, row.statistics().pending(), row.labels());
        }
    }

    private void loads(MetricText text) {
        String failed = "espalier_model_load_failures";
        text.metric(
                failed,
                "counter",
                "Loads of a model that brought less than its files promise, or nothing");
        repository.observeLoads((model, count, _) -> text.value(failed, count, "model", model));
        String outdated = "espalier_model_outdated";
        text.metric(
                outdated,
                "gauge",
                "Whether a model serves as it was before, because its newest files cannot be served");
        repository.observeLoads((model, _, is) -> text.value(outdated, is ? 1 : 0, "model", model));
    }

    private void workers(MetricText text) {
        text.metric("espalier_worker_up", "gauge", "Whether the worker runs, by engine and op set");
        for (WorkerHost host : workers.hosts()) {
            text.value("espalier_worker_up", host.pid() == 0 ? 0 : 1, "worker", host.label());
        }
        text.metric(
                "espalier_worker_deaths",
                "counter",
                "Workers that died, by engine and op set, and cause");
        for (WorkerHost host : workers.hosts()) {
            new TreeMap<>(host.deathsByCause())
                    .forEach((cause, count) ->
                            text.value(
                                    "espalier_worker_deaths",
                                    count,
                                    "worker",
                                    host.label(),
                                    "cause",
                                    cause));
        }
    }

    private void opLibraries(MetricText text) {
        List<OpLibraryUse> libraries = repository.opLibraries().libraries();
        opLibraries(
                text,
                libraries,
                new OpMetric(
                        "espalier_op_library_models",
                        "gauge",
                        "Model versions that use the op library",
                        library -> library.models().size()));
        opLibraries(
                text,
                libraries,
                new OpMetric(
                        "espalier_op_library_workers",
                        "gauge",
                        "Workers that have the op library loaded",
                        library -> library.workers().size()));
        opLibraries(
                text,
                libraries,
                new OpMetric(
                        "espalier_op_library_load_duration_us",
                        "gauge",
                        "Longest time that a model with the op library took to load, in"
                                + " microseconds",
                        OpLibraryUse::loadMicros));
        opLibraries(
                text,
                libraries,
                new OpMetric(
                        "espalier_op_library_worker_deaths",
                        "counter",
                        "Deaths of the workers that have the op library loaded",
                        library ->
                                library.workers().stream()
                                        .mapToInt(OpLibraryUse.Worker::deaths)
                                        .sum()));
    }

    private static void opLibraries(
            MetricText text, List<OpLibraryUse> libraries, OpMetric metric) {
        text.metric(metric.name(), metric.type(), metric.help());
        for (OpLibraryUse library : libraries) {
            text.value(
                    metric.name(),
                    metric.value().applyAsLong(library),
                    "library",
                    library.name(),
                    "sha256",
                    library.sha256());
        }
    }

    private void copies(MetricText text) {
        String name = "espalier_copied_tensor_bytes";
        text.metric(
                name,
                "counter",
                "Tensor bytes that the server copied beyond the move between network and shared"
                        + " memory");
        copies.forEach((protocol, bytes) ->
                text.value(name, bytes.in(), "protocol", protocol, "direction", "in")
                        .value(name, bytes.out(), "protocol", protocol, "direction", "out"));
    }

    private void traces(MetricText text) {
        String name = "espalier_traces";
        text.metric(
                name,
                "counter",
                "Traces of requests that were written, dropped because too many waited, or failed to be written");
        tracing.counts().forEach((outcome, count) -> text.value(name, count, "outcome", outcome));
    }

    private void errors(MetricText text) {
        String name = "espalier_internal_errors";
        text.metric(
                name, "counter", "Errors that nobody expected, by the place where they came up");
        errors.counts().forEach((place, count) -> text.value(name, count, "place", place));
        text.metric(
                        "espalier_loop_stall_seconds",
                        "counter",
                        "Time in which event loops were held up for more than 0.05 s")
                .value("espalier_loop_stall_seconds", loops.watch().stalledSeconds());
        String refused = "espalier_connections_refused";
        text.metric(
                        refused,
                        "counter",
                        "Connections that the machine did not let the server accept, which wait, or watch, which were closed")
                .value(refused, loops.refused().waited(), "what", "accept")
                .value(refused, loops.refused().closed(), "what", "watch");
        text.metric(
                        "espalier_heap_budget_bytes",
                        "gauge",
                        "What requests and answers take up on the heap")
                .value("espalier_heap_budget_bytes", means.heap().used());
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers) {
            text.metric(
                            "espalier_network_buffer_bytes",
                            "gauge",
                            "Memory outside of the heap for what comes and goes over connections")
                    .value("espalier_network_buffer_bytes", buffers.metric().usedDirectMemory());
        }
        text.metric(
                        "espalier_request_memory_bytes",
                        "gauge",
                        "What tensors of requests and answers take up, without what is kept for the next ones")
                .value("espalier_request_memory_bytes", memory.inUse());
        text.metric(
                "espalier_work_waiting",
                "gauge",
                "Pieces of work that wait for a thread beside the event loops, by pool");
        pools.forEach(
                (pool, of) -> text.value("espalier_work_waiting", of.waiting(), "pool", pool));
        text.metric(
                "espalier_work_refused",
                "counter",
                "Requests refused because too much waits, by pool");
        pools.forEach(
                (pool, of) -> text.value("espalier_work_refused", of.refused(), "pool", pool));
    }
}
