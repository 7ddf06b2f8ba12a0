package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.NativeEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// TensorFlow's C API, callable. Pointers are `long` addresses; a call allocates nothing.
///
/// Every parameter is a pointer or an integer, and either has a register or an eight-byte place of the
/// stack to itself, of which a function that takes an `int` reads the lower half. So all functions with
/// the same number of arguments share one linker stub, a constant, while the addresses belong to the
/// library that was given. Of a result that is an `int` only the lower half counts, and what a `void`
/// function leaves in the register means nothing.
final class TfApi {
    /// All memory of the process, to read and write at addresses without making segments.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// `TF_Code`'s `TF_OK`.
    private static final int OK = 0;

    private static final MethodHandle NONE = stub(0);
    private static final MethodHandle ONE = stub(1);
    private static final MethodHandle TWO = stub(2);
    private static final MethodHandle THREE = stub(3);
    private static final MethodHandle FOUR = stub(4);
    private static final MethodHandle SIX = stub(6);
    private static final MethodHandle SEVEN = stub(7);
    private static final MethodHandle EIGHT = stub(8);
    private static final MethodHandle TWELVE = stub(12);
    private static final MethodHandle BUFFER_BY_VALUE =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(TfBuffer.LAYOUT, JAVA_LONG));

    private final Map<TfFunction, MemorySegment> functions;
    private final String version;

    private TfApi(Map<TfFunction, MemorySegment> functions) {
        this.functions = functions;
        this.version = text(call(TfFunction.VERSION));
    }

    /// Loads the library, and the framework library beside it, for as long as the process lives.
    ///
    /// @param library the path of `libtensorflow_cc`
    static TfApi load(Path library) throws EngineException {
        Path framework =
                library.resolveSibling(
                        String.valueOf(library.getFileName()).replace("_cc", "_framework"));
        // Of what TensorFlow tells of itself, operators want the warnings; it asks once, when it is
        // loaded.
        NativeEnvironment.setUnlessSet("TF_CPP_MIN_LOG_LEVEL", "1");
        SymbolLookup first = open(framework);
        SymbolLookup both = open(library).or(first);
        Map<TfFunction, MemorySegment> functions = new EnumMap<>(TfFunction.class);
        for (TfFunction function : TfFunction.values()) {
            functions.put(
                    function,
                    both.find(function.symbol())
                            .orElseThrow(() ->
                                    new EngineException(
                                            "TensorFlow library: %s has no %s (expected: a build of libtensorflow_cc, 2.7 or newer)"
                                                    .formatted(library, function.symbol()))));
        }
        return new TfApi(functions);
    }

    private static SymbolLookup open(Path library) throws EngineException {
        if (!Files.isReadable(library)) {
            throw new EngineException(
                    "TensorFlow library: " + library + " (expected: a readable file)");
        }
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new EngineException("Loading " + library + ": " + e.getMessage(), e);
        }
    }

    /// The version that the library reports, such as `2.21.0`.
    String version() {
        return version;
    }

    /// Turns a status that tells of a failure into an exception: what was being done, then TensorFlow's
    /// own words.
    void check(long status, String doing) throws EngineException {
        if (failed(status)) {
            throw new EngineException(doing + ": " + messageOf(status));
        }
    }

    boolean failed(long status) {
        return (int) call(TfFunction.GET_CODE, status) != OK;
    }

    String messageOf(long status) {
        return text(call(TfFunction.MESSAGE, status));
    }

    long call(TfFunction function) {
        try {
            return (long) NONE.invokeExact(address(function));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(TfFunction function, long a) {
        try {
            return (long) ONE.invokeExact(address(function), a);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(TfFunction function, long a, long b) {
        try {
            return (long) TWO.invokeExact(address(function), a, b);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(TfFunction function, long a, long b, long c) {
        try {
            return (long) THREE.invokeExact(address(function), a, b, c);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(TfFunction function, long a, long b, long c, long d) {
        try {
            return (long) FOUR.invokeExact(address(function), a, b, c, d);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    long call(TfFunction function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) SIX.invokeExact(address(function), a, b, c, d, e, f);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// A tensor over memory that is not TensorFlow's. Memory that is not aligned to 64 bytes is copied.
    ///
    /// @param deallocator a C function that is called when TensorFlow needs the memory no more
    long newTensor(
            int type,
            long shape,
            int rank,
            long data,
            long byteSize,
            long deallocator,
            long deallocatorArgument) {
        try {
            return (long)
                    SEVEN.invokeExact(
                            address(TfFunction.NEW_TENSOR),
                            (long) type,
                            shape,
                            (long) rank,
                            data,
                            byteSize,
                            deallocator,
                            deallocatorArgument);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The `TF_Buffer` with a library's `OpList`, whose content belongs to the library.
    MemorySegment opListOf(long library, SegmentAllocator allocator) {
        try {
            return (MemorySegment)
                    BUFFER_BY_VALUE.invokeExact(
                            address(TfFunction.GET_OP_LIST), allocator, library);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// A session with the model in the folder at `directory`.
    ///
    /// @param tags address of the addresses of the tags that choose one of its graphs
    /// @param graph where to put the graph
    /// @param metaGraph where to put the `MetaGraphDef`
    long loadSavedModel(
            long options,
            long directory,
            long tags,
            int tagCount,
            long graph,
            long metaGraph,
            long status) {
        try {
            return (long)
                    EIGHT.invokeExact(
                            address(TfFunction.LOAD_SAVED_MODEL),
                            options,
                            0L,
                            directory,
                            tags,
                            (long) tagCount,
                            graph,
                            metaGraph,
                            status);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// Runs a session.
    ///
    /// @param inputs address of `TF_Output`s
    /// @param inputValues address of `TF_Tensor*`s
    void run(
            long session,
            long inputs,
            long inputValues,
            int inputCount,
            long outputs,
            long outputValues,
            int outputCount,
            long status) {
        try {
            long _ =
                    (long)
                            TWELVE.invokeExact(
                                    address(TfFunction.SESSION_RUN),
                                    session,
                                    0L,
                                    inputs,
                                    inputValues,
                                    (long) inputCount,
                                    outputs,
                                    outputValues,
                                    (long) outputCount,
                                    0L,
                                    0L,
                                    0L,
                                    status);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// The C string at an address.
    static String text(long address) {
        return MEMORY.getString(address, StandardCharsets.UTF_8);
    }

    private MemorySegment address(TfFunction function) {
        return requireNonNull(functions.get(function));
    }

    private static MethodHandle stub(int arguments) {
        MemoryLayout[] layouts =
                Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG, layouts));
    }

    /// A downcall itself throws nothing; whatever comes is an error of the virtual machine.
    static RuntimeException broken(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("calling TensorFlow", cause);
    }
}
