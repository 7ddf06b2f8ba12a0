package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.SymbolName;
import java.util.List;
import java.util.Optional;

/// Why a library does not fit the TensorFlow that is to load it: a look at the symbols that it misses tells
/// which of the usual mistakes it is.
///
/// @param symbol the first of them that is TensorFlow's
record TensorFlowFault(String symbol, Mistake mistake) implements Fault {
    /// A mistake in building a library.
    enum Mistake {
        NOT_LINKED(
                "and is not linked with TensorFlow; link it with -l:libtensorflow_framework.so.2"),
        OLD_ABI(
                "for it was built with the old C++ ABI; build it with -D_GLIBCXX_USE_CXX11_ABI=1, as this TensorFlow is"),
        OTHER_VERSION(
                "which this TensorFlow does not have: it was built for another version; build it against the headers of this one, or install that version (espalier engine list)");

        private final String text;

        Mistake(String text) {
            this.text = text;
        }
    }

    /// @param undefined the symbols that the library misses
    /// @return empty where none of them is TensorFlow's
    static Optional<TensorFlowFault> of(ElfFile library, List<String> undefined) {
        return undefined.stream()
                .filter(TensorFlowFault::isTensorFlows)
                .findFirst()
                .map(symbol -> new TensorFlowFault(symbol, mistake(library, undefined)));
    }

    private static boolean isTensorFlows(String symbol) {
        return symbol.matches("_Z(T[A-Z])?N?K?(10tensorflow|3tsl|4absl).*")
                || symbol.startsWith("TF_");
    }

    private static Mistake mistake(ElfFile library, List<String> undefined) {
        if (library.needed().stream().noneMatch(name -> name.startsWith("libtensorflow"))) {
            return Mistake.NOT_LINKED;
        }
        // The old string is `Ss` in a mangled name, the new one is in the namespace `__cxx11`.
        boolean old =
                undefined.stream()
                        .anyMatch(
                                symbol -> isTensorFlows(symbol) && symbol.matches(".*[EKRv]Ss.*"));
        boolean current =
                library.undefined().stream().anyMatch(each -> each.name().contains("__cxx11"));
        return old && !current ? Mistake.OLD_ABI : Mistake.OTHER_VERSION;
    }

    @Override
    public String text() {
        return "needs %s, %s".formatted(SymbolName.readable(symbol), mistake.text);
    }

    @Override
    public boolean lasting() {
        return false;
    }
}
