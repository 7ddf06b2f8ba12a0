package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// A shared library that is open for as long as the process lives. Every symbol is found when it is opened
/// (`RTLD_NOW`), not when a request first comes to it, and none is seen by other libraries (`RTLD_LOCAL`):
/// two things that the JDK's own way of opening libraries does not promise.
final class NativeLibrary {
    private static final int RTLD_NOW = 2;
    private static final MethodHandle DLOPEN =
            loader("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle DLSYM =
            loader("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle DLERROR = loader("dlerror", FunctionDescriptor.of(ADDRESS));

    private final MemorySegment handle;

    private NativeLibrary(MemorySegment handle) {
        this.handle = handle;
    }

    /// Opens a library; one that is open already is not opened again.
    ///
    /// @throws EngineException in the loader's words
    static NativeLibrary open(Path file) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle =
                    (MemorySegment)
                            DLOPEN.invokeExact(arena.allocateFrom(file.toString()), RTLD_NOW);
            if (handle.equals(MemorySegment.NULL)) {
                MemorySegment text = (MemorySegment) DLERROR.invokeExact();
                throw new EngineException(
                        text.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8));
            }
            return new NativeLibrary(handle);
        } catch (EngineException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw broken(failure);
        }
    }

    /// Where the library has the function `name`; empty where it has none.
    Optional<MemorySegment> find(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment symbol =
                    (MemorySegment) DLSYM.invokeExact(handle, arena.allocateFrom(name));
            return symbol.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(symbol);
        } catch (Throwable failure) {
            throw broken(failure);
        }
    }

    private static MethodHandle loader(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), descriptor);
    }

    private static RuntimeException broken(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("calling the loader", cause);
    }
}
