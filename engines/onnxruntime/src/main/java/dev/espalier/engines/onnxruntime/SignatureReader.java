package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Asks a session for its inputs and outputs.
final class SignatureReader {
    private static final int TENSOR = 1;

    private final OrtApi api;
    private final long session;
    private final long allocator;

    /// Which of the two rows of tensors is read.
    private record Row(String kind, OrtFunction count, OrtFunction type, OrtFunction name) {}

    private static final Row INPUTS =
            new Row(
                    "input",
                    OrtFunction.INPUT_COUNT,
                    OrtFunction.INPUT_TYPE,
                    OrtFunction.INPUT_NAME);
    private static final Row OUTPUTS =
            new Row(
                    "output",
                    OrtFunction.OUTPUT_COUNT,
                    OrtFunction.OUTPUT_TYPE,
                    OrtFunction.OUTPUT_NAME);

    SignatureReader(OrtApi api, long session, long allocator) {
        this.api = api;
        this.session = session;
        this.allocator = allocator;
    }

    /// @param names where the names live as C strings
    List<OrtTensor> inputs(Arena names) throws EngineException {
        return read(INPUTS, names);
    }

    /// @param names where the names live as C strings
    List<OrtTensor> outputs(Arena names) throws EngineException {
        return read(OUTPUTS, names);
    }

    private List<OrtTensor> read(Row row, Arena names) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            Out out = new Out(arena);
            api.check(api.call(row.count, session, out.address()), "counting " + row.kind + "s");
            long count = out.value();
            List<OrtTensor> tensors = new ArrayList<>();
            for (long index = 0; index < count; index++) {
                tensors.add(read(row, index, names, arena));
            }
            return tensors;
        }
    }

    private OrtTensor read(Row row, long index, Arena names, Arena arena) throws EngineException {
        Out out = new Out(arena);
        api.check(
                api.call(row.name, session, index, allocator, out.address()),
                "naming " + row.kind + " " + index);
        String name = OrtApi.text(out.value());
        api.check(api.call(OrtFunction.ALLOCATOR_FREE, allocator, out.value()), "freeing a name");
        String subject = row.kind + " '" + name + "'";
        api.check(
                api.call(row.type, session, index, out.address()), "asking for type of " + subject);
        long type = out.value();
        try {
            return describe(name, subject, type, names, arena);
        } finally {
            api.release(OrtFunction.RELEASE_TYPE, type);
        }
    }

    private OrtTensor describe(String name, String subject, long type, Arena names, Arena arena)
            throws EngineException {
        Out out = new Out(arena);
        api.check(api.call(OrtFunction.KIND_OF_TYPE, type, out.address()), subject);
        if (out.value() != TENSOR) {
            throw new EngineException(
                    subject + " is a sequence, a map or optional (expected: a tensor)");
        }
        api.check(api.call(OrtFunction.TENSOR_INFO_OF_TYPE, type, out.address()), subject);
        long info = out.value();
        api.check(api.call(OrtFunction.ELEMENT_TYPE, info, out.address()), subject);
        int elementType = (int) out.value();
        api.check(api.call(OrtFunction.RANK, info, out.address()), subject);
        long rank = out.value();
        MemorySegment dimensions = arena.allocate(JAVA_LONG, Math.max(1, rank));
        MemorySegment symbols = arena.allocate(JAVA_LONG, Math.max(1, rank));
        api.check(api.call(OrtFunction.DIMENSIONS, info, dimensions.address(), rank), subject);
        api.check(api.call(OrtFunction.SYMBOLS, info, symbols.address(), rank), subject);
        List<Long> sizes = new ArrayList<>();
        List<String> symbolNames = new ArrayList<>();
        for (long axis = 0; axis < rank; axis++) {
            sizes.add(dimensions.getAtIndex(JAVA_LONG, axis));
            symbolNames.add(OrtApi.text(symbols.getAtIndex(JAVA_LONG, axis)));
        }
        return new OrtTensor(
                name,
                ElementType.of(elementType, subject),
                sizes,
                symbolNames,
                names.allocateFrom(name).address());
    }
}
