package dev.espalier.server.engines.tensorflow;

import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.BackendKeys;
import dev.espalier.server.formats.Device;
import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.formats.ModelFormat.Tensors;
import dev.espalier.server.ops.OpEngine;
import dev.espalier.server.ops.OpMark;
import dev.espalier.server.ops.OpRules;
import dev.espalier.server.workers.SandboxNeeds;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// TensorFlow.
public final class TensorFlow {
    /// Names and meanings are those of Triton's backend.
    private static final BackendKeys KEYS =
            new BackendKeys(
                    Set.of(
                            "TF_NUM_INTRA_THREADS",
                            "TF_NUM_INTER_THREADS",
                            "TF_USE_PER_SESSION_THREADS",
                            "TF_GRAPH_TAG",
                            "TF_SIGNATURE_DEF"),
                    List.of(),
                    Map.of(
                            "MAX_SESSION_SHARE_COUNT",
                            "all instances of a model share one session",
                            "TF_INIT_OPS_FILE",
                            "a model's own initialisation runs, and no other ops"),
                    Set.of(),
                    Set.of("tensorrt", "auto_mixed_precision", "gpu_io"),
                    2);

    private static final Backend BACKEND = new Backend("tensorflow", Device.CPU, KEYS);

    static final ModelFormat SAVED_MODEL =
            new ModelFormat(
                    BACKEND,
                    "tensorflow_savedmodel",
                    "model.savedmodel",
                    "SavedModel",
                    Tensors.IN_FILE,
                    SavedModelReader::read);

    static final ModelFormat GRAPH_DEF =
            new ModelFormat(
                    BACKEND,
                    "tensorflow_graphdef",
                    "model.graphdef",
                    "GraphDef",
                    Tensors.IN_FILE,
                    (file, _) -> GraphDefReader.read(file));

    private static final OpMark MARK =
            new OpMark(
                    "REGISTER_OP",
                    Set.of(),
                    List.of(
                            "_ZN10tensorflow12OpDefBuilder",
                            "_ZN10tensorflow11register_op",
                            "_ZN10tensorflow14kernel_factory",
                            "TF_NewOpDefinitionBuilder",
                            "TF_NewKernelBuilder"),
                    List.of(
                            "libtensorflow.so",
                            "libtensorflow_cc.so",
                            "libtensorflow_framework.so"));

    private static final OpRules RULES =
            new OpRules(
                    /* visible= */ false, /* oneRegistry= */ true, /* replaces= */ false, Set.of());

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(SAVED_MODEL, GRAPH_DEF),
                    new OpEngine(
                            BACKEND.name(), "TensorFlow", MARK, RULES, TensorFlowMistakes::find),
                    new WorkerNeeds(List.of("TF_"), List.of(), SandboxNeeds.NONE),
                    List.of());

    private TensorFlow() {}
}
