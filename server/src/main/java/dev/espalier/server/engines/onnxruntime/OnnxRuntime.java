package dev.espalier.server.engines.onnxruntime;

import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.BackendKeys;
import dev.espalier.server.formats.Device;
import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.formats.ModelFormat.Tensors;
import dev.espalier.server.ops.BuildMistakes;
import dev.espalier.server.ops.OpEngine;
import dev.espalier.server.ops.OpMark;
import dev.espalier.server.ops.OpRules;
import dev.espalier.server.workers.SandboxNeeds;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// ONNX Runtime.
public final class OnnxRuntime {
    private static final String NO_GPU = "models run on the CPU";

    /// Names and meanings are those of Triton's backend; `session.*` are ONNX Runtime's own.
    private static final BackendKeys KEYS =
            new BackendKeys(
                    Set.of(
                            "intra_op_thread_count",
                            "inter_op_thread_count",
                            "execution_mode",
                            "enable_mem_arena",
                            "enable_mem_pattern",
                            "graph_optimization_level"),
                    List.of("session."),
                    Map.of(
                            "memory.enable_memory_arena_shrinkage",
                            "the arena keeps what it has until the worker ends",
                            "cudnn_conv_algo_search",
                            NO_GPU,
                            "gpu_mem_limit",
                            NO_GPU,
                            "arena_extend_strategy",
                            NO_GPU,
                            "do_copy_in_default_stream",
                            NO_GPU),
                    Set.of("optimization.graph.level"),
                    Set.of("tensorrt", "cuda", "auto_mixed_precision"),
                    2);

    private static final Backend BACKEND = new Backend("onnxruntime", Device.CPU, KEYS);

    static final ModelFormat ONNX =
            new ModelFormat(
                    BACKEND,
                    "onnxruntime_onnx",
                    "model.onnx",
                    "ONNX model",
                    Tensors.IN_FILE,
                    (file, _) -> OnnxReader.read(file));

    private static final OpMark MARK =
            new OpMark(
                    "RegisterCustomOps",
                    Set.of("RegisterCustomOps"),
                    List.of(),
                    List.of("libonnxruntime.so", "libonnxruntime_providers_shared.so"));

    /// It hands its functions to its op libraries, which need not be linked with it.
    private static final OpRules RULES =
            new OpRules(
                    /* visible= */ true,
                    /* oneRegistry= */ false,
                    /* replaces= */ true,
                    Set.of("CPUExecutionProvider"));

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(ONNX),
                    new OpEngine(BACKEND.name(), "ONNX Runtime", MARK, RULES, BuildMistakes.NONE),
                    new WorkerNeeds(List.of("ORT_"), List.of(), SandboxNeeds.NONE),
                    List.of());

    private OnnxRuntime() {}
}
