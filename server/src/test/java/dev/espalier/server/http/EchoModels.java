package dev.espalier.server.http;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelInput;
import dev.espalier.protocol.ModelOutput;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ModelPlan;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.inference.ServedModels;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.repository.LoadOverrides;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelControl;
import dev.espalier.server.repository.ModelMetadata;
import dev.espalier.server.repository.ModelState;
import dev.espalier.server.repository.ModelVersion;
import dev.espalier.server.repository.OpCatalog;
import dev.espalier.server.repository.OpLibraryRefusal;
import dev.espalier.server.repository.OpLibraryReport;
import dev.espalier.server.repository.OpLibraryUse;
import dev.espalier.server.scheduling.ExecutionPolicy;
import dev.espalier.server.scheduling.ModelScheduler;
import dev.espalier.server.scheduling.SchedulingPolicy;
import dev.espalier.tensor.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Models that give their inputs back, each on a lane of its own:
///
/// - `echo_int32`, and so on for every type: `X` of any length
/// - `pair`: `A` of type INT32 and `B` of type BYTES, both of any length
/// - `batch`: rows of two INT32, at most eight
/// - `queue`: like `echo_int32`, and one request may wait
/// - `classes`: `X` of type FP32, with the labels `cat` and `dog`
final class EchoModels implements ServedModels, ModelCatalog, ModelControl, OpCatalog {
    private final Map<String, Model> models = new LinkedHashMap<>();
    private final InputMemory memory;
    private final LinkedLoops loops;

    private record Model(
            ModelConfig config,
            ModelMetadata metadata,
            ServedModel served,
            ModelStatistics statistics)
            implements ModelVersion {
        @Override
        public String modelName() {
            return served.name();
        }

        @Override
        public long version() {
            return 1;
        }
    }

    @Override
    public List<ModelNotes> notes(String name) throws ServingException {
        List<ModelNotes> notes =
                List.of(
                        new ModelNotes("batch", List.of("`response_cache.enable` has no effect")),
                        new ModelNotes("pair", List.of()));
        if (name.isEmpty()) {
            return notes;
        }
        ModelVersion _ = ready(name, "");
        return notes.stream().filter(model -> model.name().equals(name)).toList();
    }

    @Override
    public OpLibraryReport opLibraries() {
        return new OpLibraryReport(
                List.of(
                        new OpLibraryUse(
                                "libecho.so",
                                "ab12",
                                "echo",
                                List.of("my:Echo", "my:Delay"),
                                List.of("/models/batch/ops/libecho.so"),
                                List.of(new OpLibraryUse.Model("batch", "1")),
                                List.of(new OpLibraryUse.Worker("echo [libecho.so@ab12]", 17, 2)),
                                List.of(
                                        new OpLibraryUse.Shadow(
                                                "my:Echo", "libfar.so@cd34", "/far/libfar.so")),
                                1500)),
                List.of(new OpLibraryRefusal("libbad.so", "/far/libbad.so", "is \"bad\"")));
    }

    @Override
    public OpLibraryReport opLibraries(String model) throws ServingException {
        ModelVersion _ = ready(model, "");
        return model.equals("batch") ? opLibraries() : new OpLibraryReport(List.of(), List.of());
    }

    @Override
    public void load(String model, LoadOverrides overrides) throws ServingException {
        unload(model);
    }

    @Override
    public void unload(String model) throws ServingException {
        throw new ServingException(
                ErrorCode.UNAVAILABLE,
                "explicit model load / unload is not allowed if polling is enabled");
    }

    EchoModels(InputMemory memory, LinkedLoops loops) {
        this.memory = memory;
        this.loops = loops;
        for (DataType type : DataType.values()) {
            add("echo_" + type.name().toLowerCase(), 0, 0, tensor("X", type, 0));
        }
        add("pair", 0, 0, tensor("A", DataType.INT32, 0), tensor("B", DataType.BYTES, 1));
        add("queue", 0, 1, tensor("X", DataType.INT32, 0));
        add("batch", 8, 0, described("X", DataType.INT32, 0, 2, List.of()));
        add("classes", 0, 0, described("X", DataType.FP32, 0, -1, List.of("cat", "dog")));
    }

    private static ModelPlan.Tensor tensor(String name, DataType type, int index) {
        return described(name, type, index, -1, List.of());
    }

    private static ModelPlan.Tensor described(
            String name, DataType type, int index, long dimension, List<String> labels) {
        long[] dims = {dimension};
        return new ModelPlan.Tensor(name, type, dims, dims, index, false, labels);
    }

    private void add(String name, int maxBatchSize, int maxQueueSize, ModelPlan.Tensor... tensors) {
        ModelStatistics statistics = new ModelStatistics();
        SchedulingPolicy policy =
                new SchedulingPolicy(
                        maxBatchSize, maxBatchSize > 0, List.of(), 0, maxQueueSize, 0, false, true);
        ModelScheduler scheduler =
                new ModelScheduler(
                        name,
                        policy,
                        ExecutionPolicy.DEFAULT,
                        memory,
                        statistics,
                        loops.serving().group().next());
        ModelPlan plan =
                new ModelPlan(name, maxBatchSize, false, List.of(tensors), List.of(tensors));
        ModelConfig.Builder config =
                ModelConfig.newBuilder().setName(name).setMaxBatchSize(maxBatchSize);
        List<ModelMetadata.Tensor> described = new ArrayList<>();
        for (ModelPlan.Tensor tensor : tensors) {
            config.addInput(
                    ModelInput.newBuilder()
                            .setName(tensor.name())
                            .setDataTypeValue(tensor.type().code())
                            .addDims(tensor.dims()[0]));
            config.addOutput(
                    ModelOutput.newBuilder()
                            .setName(tensor.name())
                            .setDataTypeValue(tensor.type().code())
                            .addDims(tensor.dims()[0]));
            List<Long> shape =
                    maxBatchSize > 0 ? List.of(-1L, tensor.dims()[0]) : List.of(tensor.dims()[0]);
            described.add(new ModelMetadata.Tensor(tensor.name(), tensor.type(), shape));
        }
        models.put(
                name,
                new Model(
                        config.build(),
                        new ModelMetadata(
                                name, List.of("1"), "onnxruntime_onnx", described, described),
                        new ServedModel(name, "1", plan, scheduler, List.of("0123abcd"), Set.of()),
                        statistics));
    }

    int count() {
        return models.size();
    }

    /// Gives every model its instance in the worker.
    void attach(LinkedWorker worker) {
        List<Model> all = List.copyOf(models.values());
        IntStream.range(0, all.size())
                .forEach(lane -> all.get(lane).served().scheduler().attach(worker, lane, 1));
    }

    ModelStatistics statistics(String name) {
        return models.get(name).statistics();
    }

    @Override
    public ServedModel serving(String name, String version) throws ServingException {
        return find(name, version).served();
    }

    private Model find(String name, String version) throws ServingException {
        Model model = models.get(name);
        if (model == null || !version.isEmpty() && !version.equals("1")) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Request for unknown model: '%s' is not found".formatted(name));
        }
        return model;
    }

    @Override
    public ModelVersion ready(String name, String version) throws ServingException {
        return find(name, version);
    }

    @Override
    public boolean isReady(String name, String version) {
        return models.containsKey(name) && (version.isEmpty() || version.equals("1"));
    }

    @Override
    public List<StatisticsSnapshot> statistics(String name, String version)
            throws ServingException {
        return List.of(find(name, version).statistics().snapshot(name, "1"));
    }

    @Override
    public List<IndexEntry> index() {
        return List.of(
                new IndexEntry("pair", "1", ModelState.READY, ""),
                new IndexEntry("lost", "2", ModelState.UNAVAILABLE, "its \"worker\" died"),
                new IndexEntry("never", "", ModelState.UNAVAILABLE, "no version"));
    }
}
