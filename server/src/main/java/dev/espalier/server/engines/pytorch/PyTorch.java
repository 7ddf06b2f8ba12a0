package dev.espalier.server.engines.pytorch;

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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// PyTorch.
public final class PyTorch {
    /// Names and meanings are those of Triton's backend.
    private static final BackendKeys KEYS =
            new BackendKeys(
                    Set.of(
                            "DISABLE_OPTIMIZED_EXECUTION",
                            "INFERENCE_MODE",
                            "INTRA_OP_THREAD_COUNT",
                            "INTER_OP_THREAD_COUNT"),
                    List.of(),
                    Map.of(
                            "ENABLE_NVFUSER",
                            "models run on the CPU",
                            "ENABLE_CACHE_CLEANING",
                            "models run on the CPU",
                            "ENABLE_TENSOR_FUSER",
                            "the executor decides for itself",
                            "ENABLE_JIT_PROFILING",
                            "see DISABLE_OPTIMIZED_EXECUTION",
                            "ENABLE_JIT_EXECUTOR",
                            "see DISABLE_OPTIMIZED_EXECUTION",
                            "ENABLE_WEIGHT_SHARING",
                            "all instances of a model share its weights"),
                    Set.of(),
                    Set.of("inference_mode", "disable_optimized_execution"),
                    1);

    private static final Backend BACKEND = new Backend("pytorch", Device.CPU, KEYS);

    /// A file tells names and no types: what a model's configuration leaves out, a worker refuses with one to copy.
    static final ModelFormat TORCH_SCRIPT =
            new ModelFormat(
                    BACKEND,
                    "pytorch_libtorch",
                    "model.pt",
                    "TorchScript",
                    Tensors.IN_ENGINE,
                    (file, _) -> TorchScriptReader.read(file));

    private static final OpMark MARK =
            new OpMark(
                    "TORCH_LIBRARY",
                    Set.of(),
                    List.of(
                            "_ZN5torch7Library",
                            "_ZN3c1017RegisterOperators",
                            "aoti_torch_library_",
                            "torch_library_"),
                    List.of(
                            "libc10.so",
                            "libc10_cuda.so",
                            "libtorch.so",
                            "libtorch_cpu.so",
                            "libtorch_cuda.so",
                            "libtorch_python.so"));

    private static final OpRules RULES =
            new OpRules(
                    /* visible= */ false, /* oneRegistry= */ true, /* replaces= */ true, Set.of());

    /// It looks at the processors that it may use.
    private static final SandboxNeeds SANDBOX =
            new SandboxNeeds(List.of(Path.of("/sys/devices/system/cpu")), List.of(), false);

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(TORCH_SCRIPT),
                    new OpEngine(BACKEND.name(), "PyTorch", MARK, RULES, new PyTorchMistakes()),
                    new WorkerNeeds(List.of("TORCH_", "PYTORCH_"), List.of(), SANDBOX),
                    List.of());

    private PyTorch() {}
}
