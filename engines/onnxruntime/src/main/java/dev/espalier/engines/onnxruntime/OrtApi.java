package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The table of functions that `libonnxruntime` hands out, callable. Pointers are `long` addresses;
/// a call allocates nothing. One linker stub serves all functions of one shape, so the stubs can be
/// constants while the table belongs to the library that was given.
final class OrtApi {
    /// All memory of the process, to read and write at addresses without making segments.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// The oldest table with every function of [OrtFunction]; libraries keep serving older tables.
    private static final int API_VERSION = 17;

    private static final int API_BASE_SIZE = 16;

    private static final MethodHandle ONE = stub(JAVA_LONG);
    private static final MethodHandle TWO = stub(JAVA_LONG, JAVA_LONG);
    private static final MethodHandle THREE = stub(JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FOUR = stub(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FIVE =
            stub(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle EIGHT =
            stub(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG);
    private static final MethodHandle RELEASE =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG));
    private static final MethodHandle INT_ARGUMENT = stub(JAVA_INT);
    private static final MethodHandle OPTION = stub(JAVA_LONG, JAVA_INT);
    private static final MethodHandle NEW_ENV = stub(JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle NEW_MEMORY_INFO = stub(JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle NEW_TENSOR =
            stub(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle NEW_TENSOR_OVER =
            stub(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);

    private final MemorySegment apiBase;
    private final MemorySegment[] functions;
    private final String version;

    private OrtApi(MemorySegment apiBase, MemorySegment[] functions, String version) {
        this.apiBase = apiBase;
        this.functions = functions;
        this.version = version;
    }

    /// Loads the library for as long as the process lives.
    static OrtApi load(Path library) throws EngineException {
        if (!Files.isReadable(library)) {
            throw new EngineException(
                    "ONNX Runtime library: " + library + " (expected: a readable libonnxruntime)");
        }
        MemorySegment entry;
        try {
            entry =
                    SymbolLookup.libraryLookup(library, Arena.global())
                            .find("OrtGetApiBase")
                            .orElseThrow(() ->
                                    new EngineException(
                                            "ONNX Runtime library: "
                                                    + library
                                                    + " has no OrtGetApiBase (expected: a"
                                                    + " build of libonnxruntime)"));
        } catch (IllegalArgumentException e) {
            throw new EngineException("Loading " + library + ": " + e.getMessage(), e);
        }
        try {
            MethodHandle base =
                    Linker.nativeLinker().downcallHandle(entry, FunctionDescriptor.of(JAVA_LONG));
            MemorySegment apiBase = MEMORY.asSlice((long) base.invokeExact(), API_BASE_SIZE);
            MethodHandle versionText =
                    Linker.nativeLinker()
                            .downcallHandle(
                                    apiBase.get(ADDRESS, ADDRESS.byteSize()),
                                    FunctionDescriptor.of(JAVA_LONG));
            String version = text((long) versionText.invokeExact());
            long table = (long) INT_ARGUMENT.invokeExact(apiBase.get(ADDRESS, 0), API_VERSION);
            if (table == 0) {
                throw new EngineException(
                        "ONNX Runtime "
                                + version
                                + " in "
                                + library
                                + " does not serve API version "
                                + API_VERSION
                                + " (expected: ONNX Runtime 1."
                                + API_VERSION
                                + " or newer)");
            }
            return new OrtApi(apiBase, functions(table), version);
        } catch (EngineException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The version that the library reports, such as `1.29.0`.
    String version() {
        return version;
    }

    /// The newest version of the table: ONNX Runtime 1.29 has those up to 29.
    int newestTable() {
        return Integer.parseInt(version.split("\\.", -1)[1]);
    }

    /// Where the table of that version is, which must not be newer than the newest.
    long table(int tableVersion) {
        try {
            return (long) INT_ARGUMENT.invokeExact(apiBase.get(ADDRESS, 0), tableVersion);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The function by which libraries learn the version.
    MemorySegment versionFunction() {
        return apiBase.get(ADDRESS, ADDRESS.byteSize());
    }

    /// Turns a status into an exception: what was being done, then ONNX Runtime's own words.
    void check(long status, String doing) throws EngineException {
        if (status != 0) {
            throw new EngineException(doing + ": " + messageOf(status));
        }
    }

    /// The message of a status that tells of a failure, which is released; in Triton's words.
    String messageOf(long status) {
        int code = (int) call(OrtFunction.GET_ERROR_CODE, status);
        return "onnx runtime error " + code + ": " + reasonOf(status);
    }

    /// The bare text of a status that tells of a failure, which is released.
    String reasonOf(long status) {
        String reason = text(call(OrtFunction.GET_ERROR_MESSAGE, status));
        release(OrtFunction.RELEASE_STATUS, status);
        return reason;
    }

    long call(OrtFunction function, long a) {
        try {
            return (long) ONE.invokeExact(address(function), a);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(OrtFunction function, long a, long b) {
        try {
            return (long) TWO.invokeExact(address(function), a, b);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(OrtFunction function, long a, long b, long c) {
        try {
            return (long) THREE.invokeExact(address(function), a, b, c);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(OrtFunction function, long a, long b, long c, long d) {
        try {
            return (long) FOUR.invokeExact(address(function), a, b, c, d);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(OrtFunction function, long a, long b, long c, long d, long e) {
        try {
            return (long) FIVE.invokeExact(address(function), a, b, c, d, e);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// Calls a function without a status.
    void release(OrtFunction function, long pointer) {
        try {
            RELEASE.invokeExact(address(function), pointer);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Calls one of the functions that set a number in session options.
    long setOption(OrtFunction function, long options, int value) {
        try {
            return (long) OPTION.invokeExact(address(function), options, value);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long createEnv(int severity, long name, long out) {
        try {
            return (long) NEW_ENV.invokeExact(address(OrtFunction.CREATE_ENV), severity, name, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long createCpuMemoryInfo(int allocator, int memory, long out) {
        try {
            return (long)
                    NEW_MEMORY_INFO.invokeExact(
                            address(OrtFunction.CREATE_CPU_MEMORY_INFO), allocator, memory, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Makes a tensor in memory of ONNX Runtime's.
    long createTensor(long allocator, long shape, long rank, int type, long out) {
        try {
            return (long)
                    NEW_TENSOR.invokeExact(
                            address(OrtFunction.CREATE_TENSOR), allocator, shape, rank, type, out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Makes a tensor over the caller's memory.
    long createTensorOver(
            long memoryInfo, long data, long byteSize, long shape, long rank, int type, long out) {
        try {
            return (long)
                    NEW_TENSOR_OVER.invokeExact(
                            address(OrtFunction.CREATE_TENSOR_OVER),
                            memoryInfo,
                            data,
                            byteSize,
                            shape,
                            rank,
                            type,
                            out);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long run(
            long session,
            long inputNames,
            long inputs,
            long inputCount,
            long outputNames,
            long outputCount,
            long outputs) {
        try {
            return (long)
                    EIGHT.invokeExact(
                            address(OrtFunction.RUN),
                            session,
                            0L,
                            inputNames,
                            inputs,
                            inputCount,
                            outputNames,
                            outputCount,
                            outputs);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The C string at an address.
    static String text(long address) {
        return MEMORY.getString(address, StandardCharsets.UTF_8);
    }

    private MemorySegment address(OrtFunction function) {
        return functions[function.slot()];
    }

    private static MemorySegment[] functions(long table) {
        MemorySegment[] functions = new MemorySegment[OrtFunction.SLOTS];
        for (OrtFunction function : OrtFunction.values()) {
            functions[function.slot()] =
                    MEMORY.get(ADDRESS, table + function.slot() * ADDRESS.byteSize());
        }
        return functions;
    }

    private static MethodHandle stub(MemoryLayout... parameters) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG, parameters));
    }

    /// A downcall itself throws nothing; whatever comes is an error of the virtual machine.
    static RuntimeException broken(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("calling ONNX Runtime", cause);
    }
}
