package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;

/// TensorRT's `IOutputAllocator` for one output of one instance: the memory of an output whose size is known
/// only once it has been computed.
@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // those that TensorRT calls
final class OutputAllocator {
    private final DeviceBuffer buffer;
    private final long address;
    private long[] shape = {};
    private String failure = "";

    /// @param buffer where the output goes
    OutputAllocator(DeviceBuffer buffer, Arena arena) {
        this.buffer = buffer;
        Upcalls calls = new Upcalls(this, MethodHandles.lookup(), arena);
        long end = calls.stub("end", null, JAVA_LONG);
        address =
                calls.object(
                        calls.stub("language", JAVA_INT, JAVA_LONG),
                        calls.info("IOutputAllocator"),
                        end,
                        end,
                        calls.stub(
                                "reallocate",
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG),
                        calls.stub(
                                "reallocateAsync",
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG,
                                JAVA_LONG),
                        calls.stub("shape", null, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    long address() {
        return address;
    }

    /// Forgets the run before.
    void clear() {
        shape = new long[0];
        failure = "";
    }

    /// The output's shape, once it has been computed.
    long[] shape() {
        return shape.clone();
    }

    /// Why there was no memory; empty where there was.
    String failure() {
        return failure;
    }

    // --- what TensorRT calls; nothing may be thrown into it

    private int language(long self) {
        return 0;
    }

    private void end(long self) {}

    private long reallocate(long self, long name, long current, long bytes, long alignment) {
        try {
            return buffer.atLeast(bytes);
        } catch (EngineException refused) {
            failure = String.valueOf(refused.getMessage());
            return 0;
        }
    }

    private long reallocateAsync(
            long self, long name, long current, long bytes, long alignment, long stream) {
        return reallocate(self, name, current, bytes, alignment);
    }

    private void shape(long self, long name, long dims) {
        try {
            shape = Dims.at(dims).sizes();
        } catch (EngineException refused) {
            failure = String.valueOf(refused.getMessage());
        }
    }
}
