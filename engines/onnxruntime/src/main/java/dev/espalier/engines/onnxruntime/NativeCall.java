package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Calls C functions that take and return whole numbers and pointers, all through one linker stub. A call
/// allocates nothing.
///
/// The JVM makes a stub anew at each start of a worker, in some ten milliseconds: with one for each shape
/// of function they were the longest part of a start. By the calling conventions of x86-64 and AArch64
/// under Linux, a function does not see arguments behind those that it takes, reads an `int` from the
/// lower half of a `long`, and leaves the stack to its caller.
final class NativeCall {
    private static final MethodHandle STUB =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private NativeCall() {}

    static long call(MemorySegment function) {
        return call(function, 0, 0, 0);
    }

    static long call(MemorySegment function, long a) {
        return call(function, a, 0, 0);
    }

    static long call(MemorySegment function, long a, long b) {
        return call(function, a, b, 0);
    }

    static long call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0, 0, 0);
    }

    /// Calls a function with up to eight parameters. What an `int` function returns is in the lower half;
    /// what one without a result returns means nothing.
    static long call(
            MemorySegment function,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            long g,
            long h) {
        try {
            return (long) STUB.invokeExact(function, a, b, c, d, e, f, g, h);
        } catch (Error error) {
            throw error;
        } catch (Throwable impossible) {
            // A downcall itself throws nothing.
            throw new IllegalStateException("calling a native function", impossible);
        }
    }
}
