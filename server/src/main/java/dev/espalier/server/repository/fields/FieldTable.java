package dev.espalier.server.repository.fields;

import static dev.espalier.server.repository.fields.FieldRow.honoured;
import static dev.espalier.server.repository.fields.FieldRow.neverHonoured;
import static dev.espalier.server.repository.fields.FieldRow.refused;
import static dev.espalier.server.repository.fields.FieldRow.told;

import dev.espalier.protocol.ModelInstanceGroup.Kind;
import dev.espalier.protocol.ModelQueuePolicy.TimeoutAction;
import dev.espalier.protocol.ModelWarmup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The one place that says what becomes of each field of [ModelConfig]. `docs/configuration.md` is made of it.
final class FieldTable {
    private static final String NO_SHAPE_TENSORS =
            "no engine here takes or gives shapes as tensors";
    private static final String LINEAR = "tensors are linear here, and would be misread";
    private static final String ONE_SHAPE = "members of a batch have one shape here";
    private static final String ON_CPU = "models run on the CPU";

    private static final List<FieldRow> MODEL =
            List.of(
                    honoured("name"),
                    honoured("platform"),
                    honoured("backend"),
                    told("runtime", "engines come as packs; see parameter `engine_version`"),
                    honoured("version_policy.latest.num_versions"),
                    honoured("version_policy.all"),
                    honoured("version_policy.specific.versions"),
                    honoured("default_model_filename"),
                    neverHonoured("cc_model_filenames")
                            .told("on the CPU", setting -> !setting.onGpu(), ON_CPU)
                            .refused(
                                    "on a GPU",
                                    Setting::onGpu,
                                    "files are not chosen by the GPU's kind; name the file by `default_model_filename`"),
                    honoured("metric_tags"),
                    honoured("parameters", "by key, see below"),
                    honoured("model_operations.op_library_filename"),
                    honoured("model_transaction_policy.decoupled"),
                    honoured("model_repository_agents.agents.name")
                            .refused(
                                    "of another agent than `checksum`",
                                    setting -> !setting.value().equals(ChecksumAgent.NAME),
                                    "there is no such repository agent",
                                    setting ->
                                            Hints.didYouMean(
                                                    setting.value().toString(),
                                                    List.of(ChecksumAgent.NAME))),
                    honoured(
                            "model_repository_agents.agents.parameters",
                            "`MD5:<file>` and `SHA256:<file>`, the file by its path in the model's folder"),
                    told("response_cache.enable", "no answers are cached"),
                    told("model_metrics", "histograms have the same buckets for all models"));

    private static final List<FieldRow> TENSORS =
            List.of(
                    honoured("max_batch_size"),
                    honoured("input.name"),
                    honoured("input.data_type"),
                    honoured(
                            "input.format",
                            "clients read it; `FORMAT_NHWC` and `FORMAT_NCHW` need three dims"),
                    honoured("input.dims"),
                    honoured("input.reshape.shape"),
                    refused("input.is_shape_tensor", NO_SHAPE_TENSORS),
                    refused("input.allow_ragged_batch", ONE_SHAPE),
                    honoured("input.optional"),
                    refused("input.is_non_linear_format_io", LINEAR),
                    honoured("output.name"),
                    honoured("output.data_type"),
                    honoured("output.dims"),
                    honoured("output.reshape.shape"),
                    honoured("output.label_filename"),
                    refused("output.is_shape_tensor", NO_SHAPE_TENSORS),
                    refused("output.is_non_linear_format_io", LINEAR),
                    refused("batch_input", ONE_SHAPE),
                    refused("batch_output", ONE_SHAPE));

    private static final List<FieldRow> SCHEDULING =
            List.of(
                    honoured("dynamic_batching.preferred_batch_size"),
                    honoured("dynamic_batching.max_queue_delay_microseconds"),
                    told(
                            "dynamic_batching.preserve_ordering",
                            "each request is answered when it is done, whatever came before it"),
                    honoured(
                                    "dynamic_batching.priority_levels",
                                    "one that is out of range is refused")
                            .told(
                                    "above 1",
                                    setting -> (Long) setting.value() > 1,
                                    "requests run in the order in which they come"),
                    honoured(
                            "dynamic_batching.default_priority_level",
                            "one that is out of range is refused"),
                    honoured("dynamic_batching.default_queue_policy.timeout_action")
                            .told(
                                    "`DELAY`",
                                    setting -> setting.has(TimeoutAction.DELAY),
                                    "a request that has waited longer keeps its place"),
                    honoured("dynamic_batching.default_queue_policy.default_timeout_microseconds"),
                    honoured("dynamic_batching.default_queue_policy.allow_timeout_override"),
                    honoured("dynamic_batching.default_queue_policy.max_queue_size"),
                    neverHonoured("dynamic_batching.priority_queue_policy")
                            .told(
                                    "without `priority_levels`",
                                    setting ->
                                            setting.config()
                                                            .getDynamicBatching()
                                                            .getPriorityLevels()
                                                    == 0,
                                    "there are no priorities")
                            .refused(
                                    "with `priority_levels`",
                                    _ -> true,
                                    "there is one queue for all priorities, and its limits are those of `default_queue_policy`"),
                    refused("sequence_batching", "there are no sequences here yet"),
                    refused("ensemble_scheduling", "there are no ensembles here yet"),
                    honoured("model_warmup")
                            .told(
                                    "without `batch_size`",
                                    setting -> ((ModelWarmup) setting.value()).getBatchSize() == 0,
                                    "it runs batches of 0"),
                    honoured("model_warmup.name"),
                    honoured("model_warmup.batch_size"),
                    honoured("model_warmup.inputs.data_type"),
                    honoured("model_warmup.inputs.dims"),
                    honoured("model_warmup.inputs.zero_data"),
                    honoured("model_warmup.inputs.random_data"),
                    honoured("model_warmup.inputs.input_data_file"),
                    honoured("model_warmup.count"));

    private static final List<FieldRow> INSTANCES =
            List.of(
                    honoured("instance_group.name"),
                    honoured(
                                    "instance_group.kind",
                                    "one that the engine does not run on is refused")
                            .told(
                                    "`KIND_MODEL`",
                                    setting -> setting.has(Kind.KIND_MODEL),
                                    "the engine's device counts"),
                    honoured("instance_group.count"),
                    told("instance_group.rate_limiter", "the rate of executions is not limited"),
                    honoured(
                            "instance_group.gpus",
                            "refused on the CPU, and others than the first GPU"),
                    refused("instance_group.secondary_devices", "there is no such device"),
                    honoured("instance_group.profile")
                            .told(
                                    "of an engine without profiles",
                                    setting -> !setting.acts("instance_group.profile"),
                                    "the engine has no profiles"),
                    refused("instance_group.passive", "every instance is given requests"),
                    told("instance_group.host_policy", "there are no host policies"));

    private static final List<FieldRow> OPTIMIZATION =
            List.of(
                    honoured("optimization.graph.level")
                            .told(
                                    "of an engine without levels",
                                    setting -> !setting.acts("optimization.graph.level"),
                                    "the engine has one level"),
                    told("optimization.priority", "all models are equal"),
                    honoured("optimization.cuda.graphs")
                            .told(
                                    "of an engine without graphs",
                                    setting -> !setting.acts("optimization.cuda.graphs"),
                                    "the engine records no graphs"),
                    told(
                            "optimization.cuda.graph_spec",
                            "graphs are made of the shapes that come, the 32 that came last"),
                    told(
                            "optimization.cuda.busy_wait_events",
                            "a run is slept through for most of the time that it usually takes"),
                    told(
                            "optimization.cuda.output_copy_stream",
                            "outputs are copied in the stream of the run"),
                    neverHonoured("optimization.execution_accelerators.gpu_execution_accelerator")
                            .told("on the CPU", Hints::isAcceleratorOfGpus, ON_CPU)
                            .refused(
                                    "on a GPU, and unknown ones",
                                    _ -> true,
                                    "there is no such accelerator",
                                    Hints::ofAccelerator),
                    refused(
                            "optimization.execution_accelerators.cpu_execution_accelerator",
                            "there is no such accelerator"),
                    told("optimization.input_pinned_memory", "inputs are not copied on their way"),
                    told(
                            "optimization.output_pinned_memory",
                            "outputs are not copied on their way"),
                    told(
                            "optimization.gather_kernel_buffer_threshold",
                            "a batch lies in one piece, and is not gathered"),
                    told(
                            "optimization.eager_batching",
                            "a batch is put together while its requests arrive"));

    private static final Map<String, FieldRow> BY_PATH = byPath();

    private FieldTable() {}

    private static Map<String, FieldRow> byPath() {
        Map<String, FieldRow> rows = new LinkedHashMap<>();
        Stream.of(MODEL, TENSORS, SCHEDULING, INSTANCES, OPTIMIZATION)
                .flatMap(List::stream)
                .forEach(row -> rows.put(row.path(), row));
        return rows;
    }

    static List<FieldRow> rows() {
        return List.copyOf(BY_PATH.values());
    }

    static @Nullable FieldRow row(String path) {
        return BY_PATH.get(path);
    }
}
