package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Opens libraries of plug-ins, each once and for as long as the process lives. One that exports
/// `getCreators` is taken into a registry; another one registers its plug-ins itself when it is opened, with
/// the process's registry, as those do that are made for `LD_PRELOAD`. TensorRT's own way of opening leaves
/// the registry with pointers into nowhere for the latter.
///
/// @param registry which takes the creators of the former
/// @param open the libraries that are
record PluginLibraries(Registry registry, Set<Path> open) {
    private static final String EXPORT = "getCreators";

    PluginLibraries(Registry registry) {
        this(registry, new HashSet<>());
    }

    /// Opens those that are not open.
    ///
    /// @throws EngineException naming the library, in the loader's or TensorRT's words
    void open(List<Path> libraries) throws EngineException {
        for (Path library : libraries) {
            if (open.contains(library)) {
                continue;
            }
            try {
                NativeLibrary opened = open(library);
                take(library, opened);
                open.add(library);
            } catch (EngineException failure) {
                throw new EngineException(
                        "opening plug-in library %s: %s"
                                .formatted(library.getFileName(), failure.getMessage()),
                        failure);
            }
        }
    }

    /// Lets the loader open a library, which may register its plug-ins then.
    static NativeLibrary open(Path library) throws EngineException {
        return NativeLibrary.open(library.toString(), NativeLibrary.Scope.LOCAL);
    }

    /// Takes what a library offers that is open.
    void take(Path library, NativeLibrary opened) throws EngineException {
        Optional<Long> creators = opened.find(EXPORT);
        // A library that it is linked with may export the function, too.
        if (creators.isPresent() && isOf(library, creators.get())) {
            registry.load(library);
        }
    }

    private static boolean isOf(Path library, long function) throws EngineException {
        return CodeRanges.ofFile(library).contains(function);
    }
}
