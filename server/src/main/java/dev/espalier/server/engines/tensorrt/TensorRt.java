package dev.espalier.server.engines.tensorrt;

import dev.espalier.server.engines.NvidiaGpu;
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
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// TensorRT, whose op libraries are called plug-ins.
public final class TensorRt {
    private static final BackendKeys KEYS =
            new BackendKeys(
                    Set.of("profile", "cuda_graphs"),
                    List.of(),
                    Map.of(
                            "execution_context_allocation_strategy",
                            "each instance allocates for all profiles"),
                    Set.of("instance_group.profile", "optimization.cuda.graphs"),
                    Set.of(),
                    1);

    private static final Backend BACKEND = new Backend("tensorrt", Device.GPU, KEYS);

    static final ModelFormat PLAN =
            new ModelFormat(
                    BACKEND,
                    "tensorrt_plan",
                    "model.plan",
                    "TensorRT plan",
                    Tensors.IN_ENGINE,
                    (file, _) -> PlanReader.read(file));

    private static final OpMark MARK =
            new OpMark(
                    "getCreators",
                    Set.of("getCreators", "getPluginCreators"),
                    List.of("getPluginRegistry"),
                    List.of("libnvinfer.so", "libnvinfer_dispatch.so", "libnvinfer_lean.so"));

    /// Its functions are there for every library to see, which need not be linked with it.
    private static final OpRules RULES =
            new OpRules(
                    /* visible= */ true, /* oneRegistry= */ true, /* replaces= */ false, Set.of());

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(PLAN),
                    new OpEngine(BACKEND.name(), "TensorRT", MARK, RULES, BuildMistakes.NONE),
                    new WorkerNeeds(NvidiaGpu.ENVIRONMENT, List.of(), NvidiaGpu.SANDBOX),
                    // As Triton's users name them.
                    List.of("plugins"));

    private TensorRt() {}
}
