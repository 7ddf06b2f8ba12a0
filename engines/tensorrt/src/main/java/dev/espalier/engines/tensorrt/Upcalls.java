package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Makes objects that TensorRT can call: a table of functions, each a method of ours, and what C++ expects in
/// front of it.
///
/// @param target whose methods are called
/// @param lookup that of the target's class
/// @param arena for how long they can be called
record Upcalls(Object target, MethodHandles.Lookup lookup, Arena arena) {
    private static final MemoryLayout INFO =
            MemoryLayout.structLayout(
                    JAVA_LONG.withName("kind"),
                    JAVA_INT.withName("major"),
                    JAVA_INT.withName("minor"));

    /// Two words stand in front of a C++ table of functions.
    private static final int FRONT = 2;

    /// The address of a function that calls the target's method `name`.
    ///
    /// @param result null for none
    long stub(String name, @Nullable MemoryLayout result, MemoryLayout... parameters) {
        FunctionDescriptor descriptor =
                result == null
                        ? FunctionDescriptor.ofVoid(parameters)
                        : FunctionDescriptor.of(result, parameters);
        try {
            MethodHandle method =
                    lookup.findVirtual(target.getClass(), name, descriptor.toMethodType());
            return Linker.nativeLinker()
                    .upcallStub(method.bindTo(target), descriptor, arena)
                    .address();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A function that gives an interface's `InterfaceInfo`: its kind, version 1.0.
    long info(String kind) {
        MemorySegment info = arena.allocate(INFO);
        info.set(JAVA_LONG, 0, arena.allocateFrom(kind).address());
        info.set(JAVA_INT, JAVA_LONG.byteSize(), 1);
        MethodHandle constant = MethodHandles.constant(MemorySegment.class, info);
        FunctionDescriptor descriptor = FunctionDescriptor.of(INFO, JAVA_LONG);
        MethodHandle method =
                MethodHandles.dropArguments(constant, 0, long.class)
                        .asType(MethodType.methodType(MemorySegment.class, long.class));
        return Linker.nativeLinker().upcallStub(method, descriptor, arena).address();
    }

    /// An object with these functions.
    long object(long... functions) {
        MemorySegment table = arena.allocate(JAVA_LONG, FRONT + functions.length);
        for (int i = 0; i < functions.length; i++) {
            table.setAtIndex(JAVA_LONG, FRONT + i, functions[i]);
        }
        MemorySegment object = arena.allocate(JAVA_LONG, 2);
        object.set(JAVA_LONG, 0, table.address() + FRONT * JAVA_LONG.byteSize());
        return object.address();
    }
}
