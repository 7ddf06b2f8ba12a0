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
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// Asks op libraries for their ops. A library registers with ONNX Runtime through a table of functions that
/// it is handed; it gets ONNX Runtime's own, but for those that make domains, which come here. So the ops are
/// known before a session exists, and two libraries may have ops in one domain, which a session refuses when
/// each brings the domain itself. A library's domains are real ones, empty and in no session, since some
/// release theirs when the process ends, when nothing can come here any more.
///
/// Libraries keep the table, so it stays for ever. One library is asked at a time.
@SuppressWarnings("UnusedMethod") // those that libraries call
final class OpRegistrar {
    private static final String ENTRY = "RegisterCustomOps";

    /// More functions than any table has; what lies behind a table is memory of the library as well.
    private static final int TABLE_SLOTS = 512;

    private final OrtApi api;
    private final MemorySegment base = Arena.global().allocate(ADDRESS, 2);
    private final Map<Integer, MemorySegment> tables = new HashMap<>();
    private final Map<Long, Domain> domains = new HashMap<>();

    private List<Domain> added = new ArrayList<>();
    private IntConsumer newer = _ -> {};

    /// A domain that a library has made.
    ///
    /// @param ops addresses of the structures `OrtCustomOp`, in their order
    record Domain(String name, List<Long> ops) {}

    /// What a library has registered.
    ///
    /// @param refusal why it did not; empty when it did
    record Registration(List<Domain> domains, String refusal) {}

    OpRegistrar(OrtApi api) {
        this.api = api;
        base.set(ADDRESS, 0, stub("table", JAVA_LONG, JAVA_INT));
        base.set(ADDRESS, ADDRESS.byteSize(), api.versionFunction());
    }

    /// Opens an op library and finds the function that registers its ops.
    ///
    /// @throws EngineException when it cannot be opened, or has none
    static MemorySegment entry(Path library) throws EngineException {
        return NativeLibrary.open(library)
                .find(ENTRY)
                .orElseThrow(() ->
                        new EngineException("it has no " + ENTRY + " (expected: an op library)"));
    }

    /// Has a library register its ops.
    ///
    /// @param options the session options that it gets to see
    /// @param askedForNewer is told when it asks for a table that is not there yet, by its version
    synchronized Registration register(
            MemorySegment entry, long options, IntConsumer askedForNewer) {
        added = new ArrayList<>();
        newer = askedForNewer;
        long status = NativeCall.call(entry, options, base.address());
        return new Registration(added, status == 0 ? "" : api.reasonOf(status));
    }

    // --- what libraries call; nothing may be thrown into them

    private long table(int version) {
        if (version > api.newestTable()) {
            newer.accept(version);
        }
        if (version < 1 || version > api.newestTable()) {
            return 0;
        }
        return tables.computeIfAbsent(version, this::copy).address();
    }

    private MemorySegment copy(int version) {
        MemorySegment copy = Arena.global().allocate(ADDRESS, TABLE_SLOTS);
        copy.copyFrom(OrtApi.MEMORY.asSlice(api.table(version), copy.byteSize()));
        replace(
                copy,
                OrtFunction.CREATE_OP_DOMAIN,
                stub("create", JAVA_LONG, JAVA_LONG, JAVA_LONG));
        replace(copy, OrtFunction.ADD_OP, stub("addOp", JAVA_LONG, JAVA_LONG, JAVA_LONG));
        replace(
                copy,
                OrtFunction.ADD_OP_DOMAIN,
                stub("addDomain", JAVA_LONG, JAVA_LONG, JAVA_LONG));
        return copy;
    }

    private static void replace(MemorySegment table, OrtFunction function, MemorySegment by) {
        table.setAtIndex(ADDRESS, function.slot(), by);
    }

    private long create(long name, long out) {
        long status = api.call(OrtFunction.CREATE_OP_DOMAIN, name, out);
        if (status == 0) {
            domains.put(
                    OrtApi.MEMORY.get(JAVA_LONG, out),
                    new Domain(OrtApi.text(name), new ArrayList<>()));
        }
        return status;
    }

    private long addOp(long domain, long op) {
        Domain known = domains.get(domain);
        if (known == null) {
            // Made by ONNX Runtime itself, which the library knows by other ways.
            return api.call(OrtFunction.ADD_OP, domain, op);
        }
        known.ops().add(op);
        return 0;
    }

    private long addDomain(long options, long domain) {
        Domain known = domains.get(domain);
        if (known == null) {
            return api.call(OrtFunction.ADD_OP_DOMAIN, options, domain);
        }
        added.add(known);
        return 0;
    }

    private MemorySegment stub(String method, MemoryLayout result, MemoryLayout... parameters) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(result, parameters);
        MethodType type = descriptor.toMethodType();
        try {
            MethodHandle handle =
                    MethodHandles.lookup().findVirtual(OpRegistrar.class, method, type);
            return Linker.nativeLinker()
                    .upcallStub(handle.bindTo(this), descriptor, Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
