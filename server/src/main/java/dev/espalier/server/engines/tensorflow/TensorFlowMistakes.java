package dev.espalier.server.engines.tensorflow;

import dev.espalier.server.ops.BuildFault;
import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.SymbolName;
import java.util.List;
import java.util.Optional;

/// Why a library does not fit the TensorFlow that is to load it: a look at the symbols that it misses tells
/// which of the usual mistakes it is.
final class TensorFlowMistakes {
    private static final String NOT_LINKED =
            "and is not linked with TensorFlow; link it with -l:libtensorflow_framework.so.2";
    private static final String OLD_ABI =
            "for it was built with the old C++ ABI; build it with -D_GLIBCXX_USE_CXX11_ABI=1, as this TensorFlow is";
    private static final String OTHER_VERSION =
            "which this TensorFlow does not have: it was built for another version; build it against the headers of this one, or install that version (espalier engine list)";

    private TensorFlowMistakes() {}

    /// @param undefined the symbols that the library misses
    /// @return empty where none of them is TensorFlow's
    static Optional<BuildFault> find(ElfFile library, List<String> undefined) {
        return undefined.stream()
                .filter(TensorFlowMistakes::isTensorFlows)
                .findFirst()
                .map(symbol -> fault(symbol, mistake(library, undefined)));
    }

    private static BuildFault fault(String symbol, String mistake) {
        return new BuildFault(
                "needs %s, %s".formatted(SymbolName.readable(symbol), mistake),
                mistake.equals(OTHER_VERSION));
    }

    private static boolean isTensorFlows(String symbol) {
        return symbol.matches("_Z(T[A-Z])?N?K?(10tensorflow|3tsl|4absl).*")
                || symbol.startsWith("TF_");
    }

    private static String mistake(ElfFile library, List<String> undefined) {
        if (library.needed().stream().noneMatch(name -> name.startsWith("libtensorflow"))) {
            return NOT_LINKED;
        }
        // The old string is `Ss` in a mangled name, the new one is in the namespace `__cxx11`.
        boolean old =
                undefined.stream()
                        .anyMatch(
                                symbol -> isTensorFlows(symbol) && symbol.matches(".*[EKRv]Ss.*"));
        boolean current =
                library.undefined().stream().anyMatch(each -> each.name().contains("__cxx11"));
        return old && !current ? OLD_ABI : OTHER_VERSION;
    }
}
