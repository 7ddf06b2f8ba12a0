package dev.espalier.engines.tensorflow;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Memory of tensors with strings of their own. Only the one who made a string frees it, so TensorFlow calls
/// back when it needs such a tensor no more, on whichever thread that is.
final class StringMemory {
    /// `sizeof(TF_TString)`.
    static final long STRING_SIZE = 24;

    private static final long ALIGNMENT = 64;
    private static final MethodHandle ALLOCATE =
            libc("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = libc("free", FunctionDescriptor.ofVoid(JAVA_LONG));

    private static @Nullable MemorySegment deallocator;

    private StringMemory() {}

    /// Aligned memory, to be freed by [#deallocator].
    static long allocate(long byteSize) {
        long size = Math.max(ALIGNMENT, Math.ceilDiv(byteSize, ALIGNMENT) * ALIGNMENT);
        try {
            long address = (long) ALLOCATE.invokeExact(ALIGNMENT, size);
            if (address == 0) {
                throw new OutOfMemoryError("a tensor of strings of " + byteSize + " bytes");
            }
            return address;
        } catch (Throwable failure) {
            throw TfApi.broken(failure);
        }
    }

    /// The C function that frees a tensor's strings and their memory; of the three arguments that TensorFlow
    /// passes it takes the first two. One for the process, since tensors
    /// outlive models.
    static synchronized long deallocator(TfApi api) {
        MemorySegment known = deallocator;
        if (known == null) {
            known = stub(api);
            deallocator = known;
        }
        return known.address();
    }

    private static MemorySegment stub(TfApi api) {
        try {
            MethodHandle free =
                    MethodHandles.lookup()
                            .findStatic(
                                    StringMemory.class,
                                    "free",
                                    MethodType.methodType(
                                            void.class, TfApi.class, long.class, long.class));
            return Linker.nativeLinker()
                    .upcallStub(
                            free.bindTo(api),
                            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG),
                            Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("UnusedMethod") // called by TensorFlow
    private static void free(TfApi api, long strings, long byteSize) {
        try {
            for (long offset = 0; offset < byteSize; offset += STRING_SIZE) {
                long _ = api.call(TfFunction.STRING_DEALLOC, strings + offset);
            }
            FREE.invokeExact(strings);
        } catch (Throwable failure) {
            throw TfApi.broken(failure);
        }
    }

    private static MethodHandle libc(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), descriptor);
    }
}
