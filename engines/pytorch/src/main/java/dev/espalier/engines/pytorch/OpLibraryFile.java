package dev.espalier.engines.pytorch;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Opens op libraries: their static initialisers register the ops.
final class OpLibraryFile {
    /// All symbols at once: a library that lacks one would end the process at its first call.
    private static final int RTLD_NOW = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle DLOPEN =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("dlopen"),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle DLERROR =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("dlerror"),
                    FunctionDescriptor.of(JAVA_LONG));

    private OpLibraryFile() {}

    /// Opens a library for as long as the process lives; no other one sees its symbols.
    ///
    /// @throws EngineException when the loader refuses it, in the loader's words
    static void open(Path library) throws EngineException {
        String refusal = refusal(library);
        if (!refusal.isEmpty()) {
            throw new EngineException(
                    "opening op library %s: %s".formatted(library.getFileName(), refusal));
        }
    }

    /// What the loader says; empty where it has opened the library.
    private static String refusal(Path library) {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(library.toString()).address();
            long handle = (long) DLOPEN.invokeExact(name, RTLD_NOW);
            if (handle != 0) {
                return "";
            }
            long text = (long) DLERROR.invokeExact();
            return MemorySegment.ofAddress(text).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("dlopen cannot be called", e);
        }
    }
}
