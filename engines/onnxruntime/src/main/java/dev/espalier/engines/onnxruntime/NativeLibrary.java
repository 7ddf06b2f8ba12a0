package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/// A shared library that is open for as long as the process lives. Every symbol is found when it is opened
/// (`RTLD_NOW`), not when a request first comes to it, and none is seen by other libraries (`RTLD_LOCAL`):
/// two things that the JDK's own way of opening libraries does not promise.
final class NativeLibrary {
    private static final int RTLD_NOW = 2;
    private static final MemorySegment DLOPEN = loader("dlopen");
    private static final MemorySegment DLSYM = loader("dlsym");
    private static final MemorySegment DLERROR = loader("dlerror");

    private final long handle;

    private NativeLibrary(long handle) {
        this.handle = handle;
    }

    /// Opens a library; one that is open already is not opened again.
    ///
    /// @throws EngineException in the loader's words
    static NativeLibrary open(Path file) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            long handle =
                    NativeCall.call(
                            DLOPEN, arena.allocateFrom(file.toString()).address(), RTLD_NOW);
            if (handle == 0) {
                throw new EngineException(OrtApi.text(NativeCall.call(DLERROR)));
            }
            return new NativeLibrary(handle);
        }
    }

    /// Where the library has the function `name`; empty where it has none.
    Optional<MemorySegment> find(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long symbol = NativeCall.call(DLSYM, handle, arena.allocateFrom(name).address());
            return symbol == 0 ? Optional.empty() : Optional.of(MemorySegment.ofAddress(symbol));
        }
    }

    private static MemorySegment loader(String function) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(function);
    }
}
