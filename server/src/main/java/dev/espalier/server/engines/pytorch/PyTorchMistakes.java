package dev.espalier.server.engines.pytorch;

import dev.espalier.server.ops.BuildFault;
import dev.espalier.server.ops.BuildMistakes;
import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.SymbolName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Why a library does not fit the PyTorch that is to load it, told by the symbols and the libraries that it misses.
final class PyTorchMistakes implements BuildMistakes {
    private static final String NOT_LINKED =
            "and is not linked with PyTorch; link it with -ltorch_cpu -lc10";
    private static final String OTHER_VERSION =
            "which this PyTorch does not have: it was built for another version; build it against the headers of this one, or install that version (espalier engine list)";

    @Override
    public Optional<BuildFault> find(ElfFile library, List<String> undefined) {
        return undefined.stream()
                .filter(PyTorchMistakes::isPyTorchs)
                .findFirst()
                .map(symbol -> fault(symbol, library));
    }

    private static BuildFault fault(String symbol, ElfFile library) {
        boolean linked =
                library.needed().stream()
                        .anyMatch(name -> name.startsWith("libtorch") || name.startsWith("libc10"));
        return new BuildFault(
                "needs %s, %s"
                        .formatted(
                                SymbolName.readable(symbol), linked ? OTHER_VERSION : NOT_LINKED),
                linked);
    }

    private static boolean isPyTorchs(String symbol) {
        return symbol.matches("_Z(T[A-Z])?N?K?(3c10|2at|5torch|6caffe2).*")
                || symbol.startsWith("aoti_torch_")
                || symbol.startsWith("torch_library_");
    }

    @Override
    public Optional<BuildFault> missing(Collection<String> missing) {
        for (String name : missing) {
            if (name.startsWith("libtorch_python.") || name.startsWith("libpython")) {
                return Optional.of(
                        new BuildFault(
                                "needs %s, for it is an extension of Python, which no worker has; link its ops without Python: -ltorch_cpu -lc10, no -ltorch_python, no PYBIND11_MODULE"
                                        .formatted(name),
                                false));
            }
            if (name.startsWith("libtorch_cuda.") || name.startsWith("libc10_cuda.")) {
                return Optional.of(
                        new BuildFault(
                                "needs %s, for it was built for GPUs, and this PyTorch is the one for CPUs; build it without CUDA"
                                        .formatted(name),
                                false));
            }
        }
        return Optional.empty();
    }
}
