package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.EngineLostError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The GPU, by the driver's own functions: the context that a process has by default, its memory, its streams.
///
/// Some errors stay: from then on every call fails in this process, whatever it asks for. They end it
/// ([EngineLostError]).
final class Cuda {
    private static final String LIBRARY = "libcuda.so.1";
    private static final int FIRST_DEVICE = 0;
    private static final int OUT_OF_MEMORY = 2;
    private static final int NON_BLOCKING = 1;
    private static final int NAME_BYTES = 128;

    private final long context;
    private final String device;

    private final long setCurrent;
    private final long allocate;
    private final long free;
    private final long memory;
    private final long toDevice;
    private final long toHost;
    private final long createStream;
    private final long destroyStream;
    private final long synchronize;
    private final long synchronizeAll;
    private final long errorName;
    private final long errorText;
    private final StreamGraphs graphs;

    private Cuda(NativeLibrary driver) throws EngineException {
        errorName = driver.require("cuGetErrorName");
        errorText = driver.require("cuGetErrorString");
        int initialised = (int) NativeCall.call(driver.require("cuInit"), 0);
        if (initialised != 0) {
            throw noGpu("cuInit says " + describe(initialised));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            check(
                    call(driver, "cuDeviceGet", out.address(), FIRST_DEVICE),
                    "looking for the first GPU");
            long number = out.get(JAVA_INT, 0);
            MemorySegment name = arena.allocate(NAME_BYTES);
            check(
                    call(driver, "cuDeviceGetName", name.address(), NAME_BYTES, number),
                    "asking for the GPU's name");
            device = name.getString(0);
            check(
                    call(driver, "cuDevicePrimaryCtxRetain", out.address(), number),
                    "opening the GPU " + device);
            context = out.get(JAVA_LONG, 0);
        }
        setCurrent = driver.require("cuCtxSetCurrent");
        allocate = driver.require("cuMemAlloc_v2");
        free = driver.require("cuMemFree_v2");
        memory = driver.require("cuMemGetInfo_v2");
        toDevice = driver.require("cuMemcpyHtoDAsync_v2");
        toHost = driver.require("cuMemcpyDtoHAsync_v2");
        createStream = driver.require("cuStreamCreate");
        destroyStream = driver.require("cuStreamDestroy_v2");
        synchronize = driver.require("cuStreamSynchronize");
        synchronizeAll = driver.require("cuCtxSynchronize");
        graphs = new StreamGraphs(driver);
    }

    /// Opens the driver and the first GPU.
    ///
    /// @throws EngineException when there is none
    static Cuda open() throws EngineException {
        NativeLibrary driver;
        try {
            driver = NativeLibrary.open(LIBRARY, NativeLibrary.Scope.LOCAL);
        } catch (EngineException failure) {
            throw noGpu(
                    "the NVIDIA driver's %s cannot be opened (%s)"
                            .formatted(LIBRARY, failure.getMessage()));
        }
        return new Cuda(driver);
    }

    private static EngineException noGpu(String reason) {
        return new EngineException("no GPU here: " + reason);
    }

    private static int call(NativeLibrary driver, String function, long a, long b)
            throws EngineException {
        return (int) NativeCall.call(driver.require(function), a, b);
    }

    private static int call(NativeLibrary driver, String function, long a, long b, long c)
            throws EngineException {
        return (int) NativeCall.call(driver.require(function), a, b, c);
    }

    /// The GPU's name, such as `NVIDIA H200`.
    String device() {
        return device;
    }

    /// Makes the GPU's context that of the calling thread, as each must before it calls anything else.
    void enter() throws EngineException {
        check((int) NativeCall.call(setCurrent, context), "entering the GPU's context");
    }

    /// As [#enter], for what releases things: where the GPU does not answer any more, there is nothing to
    /// release.
    boolean entered() {
        return (int) NativeCall.call(setCurrent, context) == 0;
    }

    /// Memory of the GPU.
    ///
    /// @param what it is for, for the message
    /// @throws EngineException when there is not so much left
    long allocate(long bytes, String what) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            int result = (int) NativeCall.call(allocate, out.address(), bytes);
            if (result == OUT_OF_MEMORY) {
                throw new EngineException(
                        "%s needs %d bytes of GPU memory; %s".formatted(what, bytes, left()));
            }
            check(result, "allocating GPU memory for " + what);
            return out.get(JAVA_LONG, 0);
        }
    }

    /// How much memory the GPU has left, for people.
    String left() throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment all = arena.allocate(JAVA_LONG);
            check(
                    (int) NativeCall.call(memory, free.address(), all.address()),
                    "asking for the GPU's memory");
            return "%s has %d of %d MB left"
                    .formatted(device, free.get(JAVA_LONG, 0) >> 20, all.get(JAVA_LONG, 0) >> 20);
        }
    }

    void free(long address) {
        long _ = NativeCall.call(free, address);
    }

    long createStream() throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            check(
                    (int) NativeCall.call(createStream, out.address(), NON_BLOCKING),
                    "making a stream");
            return out.get(JAVA_LONG, 0);
        }
    }

    void destroyStream(long stream) {
        long _ = NativeCall.call(destroyStream, stream);
    }

    /// Has bytes copied to the GPU, in the stream's order.
    void toDevice(long device, long host, long bytes, long stream) throws EngineException {
        check(
                (int) NativeCall.call(toDevice, device, host, bytes, stream),
                "copying inputs to the GPU");
    }

    /// Has bytes copied from the GPU, in the stream's order.
    void toHost(long host, long device, long bytes, long stream) throws EngineException {
        check(
                (int) NativeCall.call(toHost, host, device, bytes, stream),
                "copying outputs from the GPU");
    }

    StreamGraphs graphs() {
        return graphs;
    }

    /// Has a graph run, in the stream's order.
    void launch(long graph, long stream) throws EngineException {
        check(graphs.launch(graph, stream), "running the model");
    }

    /// Waits until everything in a stream is done.
    void await(long stream) throws EngineException {
        check((int) NativeCall.call(synchronize, stream), "running the model");
    }

    /// Throws where a call failed.
    ///
    /// @param doing what was being done
    /// @throws EngineLostError when nothing will work in this process any more
    private void check(int result, String doing) throws EngineException {
        if (result == 0) {
            return;
        }
        String text = "%s: CUDA says %s".formatted(doing, describe(result));
        // Zero before the constructor is through: nothing has run yet that could leave an error
        // behind.
        if (synchronizeAll != 0 && (int) NativeCall.call(synchronizeAll) != 0) {
            throw new EngineLostError(text);
        }
        throw new EngineException(text);
    }

    /// Such as `700 (CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered)`.
    private String describe(int result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            long _ = NativeCall.call(errorName, result, out.address());
            String name = NativeCall.text(out.get(JAVA_LONG, 0));
            out.set(JAVA_LONG, 0, 0L);
            long _ = NativeCall.call(errorText, result, out.address());
            return "%d (%s: %s)".formatted(result, name, NativeCall.text(out.get(JAVA_LONG, 0)));
        }
    }
}
