package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// By what an engine's op libraries are told from other shared libraries, without opening them: what they
/// export for the engine to find, or use of the engine to register their ops.
@SuppressWarnings("ImmutableEnumChecker") // the collections are unmodifiable, of strings
enum OpMark {
    ONNX_RUNTIME(
            "onnxruntime",
            "ONNX Runtime",
            "RegisterCustomOps",
            Set.of("RegisterCustomOps"),
            List.of(),
            List.of("libonnxruntime.so", "libonnxruntime_providers_shared.so")),
    TENSORFLOW(
            "tensorflow",
            "TensorFlow",
            "REGISTER_OP",
            Set.of(),
            List.of(
                    "_ZN10tensorflow12OpDefBuilder",
                    "_ZN10tensorflow11register_op",
                    "_ZN10tensorflow14kernel_factory",
                    "TF_NewOpDefinitionBuilder",
                    "TF_NewKernelBuilder"),
            List.of("libtensorflow.so", "libtensorflow_cc.so", "libtensorflow_framework.so")),
    PYTORCH(
            "pytorch",
            "PyTorch",
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
                    "libtorch_python.so")),
    TENSORRT(
            "tensorrt",
            "TensorRT",
            "getCreators",
            Set.of("getCreators", "getPluginCreators"),
            List.of("getPluginRegistry"),
            List.of("libnvinfer.so", "libnvinfer_dispatch.so", "libnvinfer_lean.so"));

    /// What all of them are told by, for people.
    static final String EXPECTED =
            Arrays.stream(values())
                    .map(mark -> mark.sign + " for " + mark.engineName)
                    .collect(Collectors.joining(", "));

    /// The functions of all of them by which an engine finds ops.
    static final Set<String> EXPORTS =
            Arrays.stream(values())
                    .flatMap(mark -> mark.exports.stream())
                    .collect(Collectors.toUnmodifiableSet());

    private final String engine;
    private final String engineName;
    private final String sign;
    private final Set<String> exports;
    private final List<String> uses;
    private final List<String> own;

    /// @param engine the engine's name in `config.pbtxt`
    /// @param engineName its name for people
    /// @param sign what authors of ops write for it
    /// @param exports functions by which the engine finds the ops
    /// @param uses how the symbols begin by which a library registers its ops
    /// @param own what the engine's own libraries are called, without their versions
    OpMark(
            String engine,
            String engineName,
            String sign,
            Set<String> exports,
            List<String> uses,
            List<String> own) {
        this.engine = engine;
        this.engineName = engineName;
        this.sign = sign;
        this.exports = exports;
        this.uses = uses;
        this.own = own;
    }

    /// The engine whose own library this is, of which each worker has one already; empty for another library.
    ///
    /// @param name its soname, such as `libonnxruntime.so.1`
    static Optional<OpMark> owner(String name) {
        return Arrays.stream(values())
                .filter(mark ->
                        mark.own.stream()
                                .anyMatch(own -> name.equals(own) || name.startsWith(own + ".")))
                .findFirst();
    }

    /// The engines that a library has ops for; none for a library of something else.
    ///
    /// @param library of which [#EXPORTS] were asked for
    static List<OpMark> of(ElfFile library) {
        return Arrays.stream(values()).filter(mark -> mark.isOn(library)).toList();
    }

    private boolean isOn(ElfFile library) {
        return exports.stream().anyMatch(library.exported()::contains)
                || library.undefined().stream()
                        .anyMatch(symbol -> uses.stream().anyMatch(symbol.name()::startsWith));
    }

    /// Whether what libraries register with the engine is there for all models of a process, each op once.
    static boolean hasOneRegistry(String engine) {
        return engine.equals(TENSORFLOW.engine) || engine.equals(TENSORRT.engine);
    }

    String engine() {
        return engine;
    }

    String engineName() {
        return engineName;
    }
}
