package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The Linux system calls that the link needs, all through libc's `syscall`: one call shape for
/// everything, because each further shape costs start-up time.
///
/// Numbers from the kernel's tables for x86-64 and arm64.
final class LinuxCalls {
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    static final long OPENAT = ARM ? 56 : 257;
    static final long READ = ARM ? 63 : 0;
    static final long STATX = ARM ? 291 : 332;
    static final long CLOSE = ARM ? 57 : 3;
    static final long FTRUNCATE = ARM ? 46 : 77;
    static final long FALLOCATE = ARM ? 47 : 285;
    static final long FCNTL = ARM ? 25 : 72;
    static final long MMAP = ARM ? 222 : 9;
    static final long MUNMAP = ARM ? 215 : 11;
    static final long MEMFD_CREATE = ARM ? 279 : 319;
    static final long EVENTFD2 = ARM ? 19 : 290;
    static final long SOCKET = ARM ? 198 : 41;
    static final long BIND = ARM ? 200 : 49;
    static final long LISTEN = ARM ? 201 : 50;
    static final long ACCEPT4 = ARM ? 242 : 288;
    static final long CONNECT = ARM ? 203 : 42;
    static final long SETSOCKOPT = ARM ? 208 : 54;
    static final long GETSOCKOPT = ARM ? 209 : 55;
    static final long SHUTDOWN = ARM ? 210 : 48;
    static final long SENDMSG = ARM ? 211 : 46;
    static final long RECVMSG = ARM ? 212 : 47;
    static final long PPOLL = ARM ? 73 : 271;
    private static final long EXIT_GROUP = ARM ? 94 : 231;
    private static final long WRITE = ARM ? 64 : 1;
    private static final long FUTEX = ARM ? 98 : 202;

    static final long O_NONBLOCK = 0x800;
    static final long O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    static final long O_CLOEXEC = 0x80000;

    private static final long FUTEX_WAIT = 0;
    private static final long FUTEX_WAKE = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemorySegment SYSCALL = LINKER.defaultLookup().findOrThrow("syscall");
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG);
    private static final MemoryLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /// For calls whose failure must be told: captures errno.
    private static final MethodHandle CHECKED =
            LINKER.downcallHandle(
                    SHAPE,
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));

    /// For calls that block.
    private static final MethodHandle BLOCKING =
            LINKER.downcallHandle(SHAPE, Linker.Option.firstVariadicArg(1));

    /// For calls that return within a microsecond.
    private static final MethodHandle BRIEF =
            LINKER.downcallHandle(
                    SHAPE, Linker.Option.firstVariadicArg(1), Linker.Option.critical(false));

    private static final MemorySegment ONE = constant(1L, 0L);

    private LinuxCalls() {}

    private static MemorySegment constant(long first, long second) {
        MemorySegment segment = Arena.global().allocate(16, 8);
        segment.set(JAVA_LONG, 0, first);
        segment.set(JAVA_LONG, 8, second);
        return segment;
    }

    /// Calls and returns the result.
    ///
    /// @param what what the call is for, for the error message
    /// @throws LinkException when the call fails
    static long checked(String what, long number, long... arguments) throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(CAPTURE);
            long result;
            do {
                result =
                        (long)
                                CHECKED.invokeExact(
                                        SYSCALL,
                                        capture,
                                        number,
                                        argument(arguments, 0),
                                        argument(arguments, 1),
                                        argument(arguments, 2),
                                        argument(arguments, 3),
                                        argument(arguments, 4),
                                        argument(arguments, 5));
            } while (result == -1 && (int) ERRNO.get(capture, 0L) == Errno.EINTR);
            if (result == -1) {
                throw new LinkException(what, (int) ERRNO.get(capture, 0L));
            }
            return result;
        } catch (LinkException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static long argument(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }

    /// Sleeps while the int at `address` is `expected`, at most for the time at `timespec`.
    static void futexWait(long address, int expected, long timespec) {
        try {
            long _ =
                    (long)
                            BLOCKING.invokeExact(
                                    SYSCALL,
                                    FUTEX,
                                    address,
                                    FUTEX_WAIT,
                                    (long) expected,
                                    timespec,
                                    0L,
                                    0L);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// Wakes one thread that sleeps on `address`.
    static void futexWake(long address) {
        brief(FUTEX, address, FUTEX_WAKE, 1L);
    }

    /// Rings an eventfd.
    static void signal(int eventDescriptor) {
        brief(WRITE, eventDescriptor, ONE.address(), 8L);
    }

    private static void brief(long number, long a, long b, long c) {
        try {
            long _ = (long) BRIEF.invokeExact(SYSCALL, number, a, b, c, 0L, 0L, 0L);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// Ends this process without any exit handler, Java's or C's.
    static void exit(int code) {
        try {
            long _ = checked("exit", EXIT_GROUP, code);
        } catch (LinkException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Closes a descriptor; a failure to do so has no remedy.
    static void close(int descriptor) {
        try {
            long _ = checked("close", CLOSE, descriptor);
        } catch (LinkException _) {
            // The descriptor is gone either way.
        }
    }

    /// A `struct timespec` that lives as long as the process.
    static long timespec(long nanos) {
        return constant(nanos / 1_000_000_000L, nanos % 1_000_000_000L).address();
    }

    /// The int at `address`, for structs that the kernel filled.
    static int intAt(MemorySegment segment, long offset) {
        return segment.get(JAVA_INT, offset);
    }
}
