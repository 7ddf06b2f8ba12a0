package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;

/// Calls native functions that take and return whole numbers and pointers, all through one linker stub. A
/// call allocates nothing.
///
/// The JVM makes a stub anew at each start of a worker, in some ten milliseconds. By the calling conventions
/// of x86-64 and AArch64 under Linux, a function does not see arguments behind those that it takes, reads an
/// `int` from the lower half of a `long`, and leaves the stack to its caller.
final class NativeCall {
    /// All memory of the process, by address.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final MethodHandle STUB =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG));

    private static final long LONGEST_TEXT = 1 << 16;

    private NativeCall() {}

    static long call(long function) {
        return call(function, 0, 0, 0, 0, 0);
    }

    static long call(long function, long a) {
        return call(function, a, 0, 0, 0, 0);
    }

    static long call(long function, long a, long b) {
        return call(function, a, b, 0, 0, 0);
    }

    static long call(long function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0);
    }

    static long call(long function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0);
    }

    /// Calls a function with up to five parameters. What an `int` function returns is in the lower half, and
    /// what one without a result returns means nothing.
    static long call(long function, long a, long b, long c, long d, long e) {
        try {
            return (long) STUB.invokeExact(MemorySegment.ofAddress(function), a, b, c, d, e);
        } catch (Error error) {
            throw error;
        } catch (Throwable impossible) {
            // A downcall itself throws nothing.
            throw new IllegalStateException("calling a native function", impossible);
        }
    }

    /// The address of a C string.
    static long text(SegmentAllocator allocator, String text) {
        return allocator.allocateFrom(text).address();
    }

    /// The C string at an address; empty for none.
    static String text(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(LONGEST_TEXT).getString(0);
    }

    /// Room for one value of eight bytes.
    static MemorySegment cell(Arena arena) {
        return arena.allocate(JAVA_LONG);
    }
}
