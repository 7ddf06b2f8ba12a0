package dev.espalier.server.engines.onnxruntime;

import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.formats.Backend;
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
import java.util.Set;

/// ONNX Runtime.
public final class OnnxRuntime {
    private static final Backend BACKEND = new Backend("onnxruntime", Device.CPU);

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
