package dev.espalier.server.engines.pytorch;

import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.ops.BuildMistakes;
import dev.espalier.server.ops.OpEngine;
import dev.espalier.server.ops.OpMark;
import dev.espalier.server.ops.OpRules;
import dev.espalier.server.workers.SandboxNeeds;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Set;

/// PyTorch, of which only the op libraries are known: those that a user has by mistake are told from others.
public final class PyTorch {
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
            new OpRules(/* visible= */ false, /* oneRegistry= */ false, Set.of());

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(),
                    new OpEngine("pytorch", "PyTorch", MARK, RULES, BuildMistakes.NONE),
                    new WorkerNeeds(List.of("TORCH_"), List.of(), SandboxNeeds.NONE),
                    List.of());

    private PyTorch() {}
}
