package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The table of functions that `libonnxruntime` hands out, callable. Pointers are `long` addresses;
/// a call allocates nothing.
final class OrtApi {
    /// All memory of the process, to read and write at addresses without making segments.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// The oldest table with every function of [OrtFunction]; libraries keep serving older tables.
    private static final int API_VERSION = 17;

    private static final int API_BASE_SIZE = 16;

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
        MemorySegment apiBase = MEMORY.asSlice(NativeCall.call(entry), API_BASE_SIZE);
        String version = text(NativeCall.call(apiBase.get(ADDRESS, ADDRESS.byteSize())));
        long table = NativeCall.call(apiBase.get(ADDRESS, 0), API_VERSION);
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
        return NativeCall.call(apiBase.get(ADDRESS, 0), tableVersion);
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
        return NativeCall.call(address(function), a);
    }

    long call(OrtFunction function, long a, long b) {
        return NativeCall.call(address(function), a, b);
    }

    long call(OrtFunction function, long a, long b, long c) {
        return NativeCall.call(address(function), a, b, c);
    }

    long call(OrtFunction function, long a, long b, long c, long d) {
        return NativeCall.call(address(function), a, b, c, d, 0, 0, 0, 0);
    }

    long call(OrtFunction function, long a, long b, long c, long d, long e) {
        return NativeCall.call(address(function), a, b, c, d, e, 0, 0, 0);
    }

    /// Makes a tensor over the caller's memory.
    long createTensorOver(
            long memoryInfo, long data, long byteSize, long shape, long rank, int type, long out) {
        return NativeCall.call(
                address(OrtFunction.CREATE_TENSOR_OVER),
                memoryInfo,
                data,
                byteSize,
                shape,
                rank,
                type,
                out,
                0);
    }

    long run(
            long session,
            long inputNames,
            long inputs,
            long inputCount,
            long outputNames,
            long outputCount,
            long outputs) {
        return NativeCall.call(
                address(OrtFunction.RUN),
                session,
                0,
                inputNames,
                inputs,
                inputCount,
                outputNames,
                outputCount,
                outputs);
    }

    /// Calls a function without a status.
    void release(OrtFunction function, long pointer) {
        long _ = NativeCall.call(address(function), pointer);
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
}
