package dev.espalier.server.engines;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What NVIDIA's driver tells of its GPUs, by the library for managing them (NVML), which comes with it.
///
/// Not safe for use by several threads.
final class Nvml {
    private static final String LIBRARY = "libnvidia-ml.so.1";

    /// Of a GPU's name for itself, its end included; NVML's own limit.
    private static final int UUID_BYTES = 96;

    /// All functions that are called take up to three numbers or pointers and return an error.
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final SymbolLookup library;
    private final MethodHandle call = Linker.nativeLinker().downcallHandle(SHAPE);
    private final MemorySegment out = Arena.ofAuto().allocate(UUID_BYTES, Long.BYTES);
    private final List<Gpu> gpus;

    /// @param handle NVML's
    /// @param uuid its name for itself, such as `GPU-6d5...`
    record Gpu(long handle, String uuid) {}

    private Nvml(SymbolLookup library) {
        this.library = library;
        this.gpus = call("nvmlInit_v2", 0, 0) ? find() : List.of();
    }

    /// Opens the library for as long as the process lives.
    ///
    /// @return null where there is none: the machine has no driver of NVIDIA's
    static @Nullable Nvml open() {
        try {
            return new Nvml(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private List<Gpu> find() {
        List<Gpu> found = new ArrayList<>();
        int count = call("nvmlDeviceGetCount_v2", out.address(), 0) ? out.get(JAVA_INT, 0) : 0;
        for (int index = 0; index < count; index++) {
            if (call("nvmlDeviceGetHandleByIndex_v2", index, out.address())) {
                long handle = out.get(JAVA_LONG, 0);
                if (call("nvmlDeviceGetUUID", handle, out.address(), UUID_BYTES)) {
                    found.add(new Gpu(handle, out.getString(0)));
                }
            }
        }
        return List.copyOf(found);
    }

    /// The GPUs, by the driver's numbers.
    List<Gpu> gpus() {
        return gpus;
    }

    /// All bytes of a GPU's memory.
    OptionalLong memory(Gpu gpu) {
        return memory(gpu, 0);
    }

    /// Those in use, by whatever process.
    OptionalLong usedMemory(Gpu gpu) {
        return memory(gpu, 2);
    }

    /// @param index 0 for all, 1 for free, 2 for used
    private OptionalLong memory(Gpu gpu, int index) {
        return call("nvmlDeviceGetMemoryInfo", gpu.handle, out.address())
                ? OptionalLong.of(out.getAtIndex(JAVA_LONG, index))
                : OptionalLong.empty();
    }

    /// How much of the last sampling time a kernel ran, in hundredths.
    OptionalLong utilization(Gpu gpu) {
        return number("nvmlDeviceGetUtilizationRates", gpu);
    }

    /// Milliwatts.
    OptionalLong powerUsage(Gpu gpu) {
        return number("nvmlDeviceGetPowerUsage", gpu);
    }

    /// Milliwatts.
    OptionalLong powerLimit(Gpu gpu) {
        return number("nvmlDeviceGetPowerManagementLimit", gpu);
    }

    /// Millijoules since the driver was loaded.
    OptionalLong energy(Gpu gpu) {
        return call("nvmlDeviceGetTotalEnergyConsumption", gpu.handle, out.address())
                ? OptionalLong.of(out.get(JAVA_LONG, 0))
                : OptionalLong.empty();
    }

    private OptionalLong number(String function, Gpu gpu) {
        return call(function, gpu.handle, out.address())
                ? OptionalLong.of(Integer.toUnsignedLong(out.get(JAVA_INT, 0)))
                : OptionalLong.empty();
    }

    private boolean call(String function, long first, long second) {
        return call(function, first, second, 0);
    }

    /// @return whether the function is there and did what it was asked
    private boolean call(String function, long first, long second, long third) {
        MemorySegment address = library.find(function).orElse(null);
        if (address == null) {
            return false;
        }
        try {
            return (int) call.invokeExact(address, first, second, third) == 0;
        } catch (Error error) {
            throw error;
        } catch (Throwable impossible) {
            throw new IllegalStateException("calling " + function, impossible);
        }
    }
}
