package dev.espalier.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// The process's environment as native libraries see it, which [System#getenv] does not change.
public final class NativeEnvironment {
    private NativeEnvironment() {}

    /// Sets a variable that nobody has set. To be called before the library is opened that reads it, and while no
    /// native code reads the environment: the C library's `setenv` is not safe beside that.
    ///
    /// @throws IllegalStateException when the C library has no `setenv`
    public static void setUnlessSet(String variable, String value) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setenv =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setenv"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int _ =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(variable).address(),
                                    arena.allocateFrom(value).address(),
                                    0);
        } catch (Throwable e) {
            throw new IllegalStateException("setenv cannot be called", e);
        }
    }
}
