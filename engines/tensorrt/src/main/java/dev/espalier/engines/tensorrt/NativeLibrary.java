package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.util.Optional;

/// A shared library that is open for as long as the process lives, each of its symbols found when it is
/// opened.
///
/// @param handle the loader's
record NativeLibrary(long handle) {
    private static final int RTLD_NOW = 2;
    private static final int RTLD_GLOBAL = 0x100;
    private static final long DLOPEN = loader("dlopen");
    private static final long DLSYM = loader("dlsym");
    private static final long DLERROR = loader("dlerror");

    /// Who sees the library's symbols.
    enum Scope {
        /// Those who ask it for them.
        LOCAL(RTLD_NOW),
        /// Every library that is opened later.
        GLOBAL(RTLD_NOW | RTLD_GLOBAL);

        private final int flags;

        Scope(int flags) {
            this.flags = flags;
        }
    }

    /// Opens a library; one that is open already is not opened again.
    ///
    /// @param name its path, or the name by which the loader finds it
    /// @throws EngineException in the loader's words
    static NativeLibrary open(String name, Scope scope) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            long handle = NativeCall.call(DLOPEN, NativeCall.text(arena, name), scope.flags);
            if (handle == 0) {
                throw new EngineException(NativeCall.text(NativeCall.call(DLERROR)));
            }
            return new NativeLibrary(handle);
        }
    }

    /// The address of the function `name`; empty where the library has none.
    Optional<Long> find(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long symbol = NativeCall.call(DLSYM, handle, NativeCall.text(arena, name));
            return symbol == 0 ? Optional.empty() : Optional.of(symbol);
        }
    }

    /// The address of the function `name`.
    ///
    /// @throws EngineException where the library has none
    long require(String name) throws EngineException {
        return find(name)
                .orElseThrow(
                        () -> new EngineException("the library has no function '" + name + "'"));
    }

    private static long loader(String function) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(function).address();
    }
}
