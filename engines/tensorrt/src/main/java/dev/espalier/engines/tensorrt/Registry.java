package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpSignature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A registry of plug-ins (`IPluginRegistry`): the process's, or a runtime's own.
///
/// @param address of the object, whose functions are called on itself
record Registry(TrtApi api, long address) {
    private static final int MOST_CREATORS = 100_000;
    private static final int INFO = 1;

    /// How an interface of creators is laid out: where in the table each text is asked for.
    private enum Kind {
        V1("PLUGIN CREATOR_V1", 4, 5, 10),
        V3("PLUGIN CREATOR_V3ONE", 6, 7, 8);

        private final String text;
        private final int name;
        private final int version;
        private final int namespace;

        Kind(String text, int name, int version, int namespace) {
            this.text = text;
            this.name = name;
            this.version = version;
            this.namespace = namespace;
        }
    }

    /// Tries whether the registry answers as one.
    ///
    /// @throws EngineException when it does not
    void check() throws EngineException {
        long _ = api.function(address, Method.LOAD_LIBRARY);
        List<Long> _ = creators();
    }

    /// Has the registry open a library that exports `getCreators`, and take its creators.
    ///
    /// @throws EngineException in TensorRT's words, such as that a plug-in of that name is there already
    void load(Path library) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            long handle =
                    NativeCall.call(
                            api.function(address, Method.LOAD_LIBRARY),
                            address,
                            NativeCall.text(arena, library.toString()));
            String said = api.logger().take();
            if (handle == 0) {
                throw new EngineException(
                        said.isEmpty() ? "TensorRT does not take it and says nothing" : said);
            }
        }
    }

    /// The addresses of the creators.
    List<Long> creators() throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            long list =
                    NativeCall.call(
                            api.function(address, Method.ALL_CREATORS), address, count.address());
            int number = count.get(JAVA_INT, 0);
            if (number < 0 || number > MOST_CREATORS || (number > 0 && list == 0)) {
                throw api.unknownTables(
                        "the registry of plug-ins has %d of them".formatted(number));
            }
            List<Long> creators = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                creators.add(NativeCall.MEMORY.get(JAVA_LONG, list + i * JAVA_LONG.byteSize()));
            }
            return creators;
        }
    }

    /// What creators say of their plug-ins, as `namespace:name@version`: where one of these is another, so is
    /// the plug-in. Those of an interface that is not known are left out.
    static List<OpSignature> signatures(List<Long> creators) throws EngineException {
        CodeRanges code = CodeRanges.ofProcess();
        List<OpSignature> signatures = new ArrayList<>();
        for (long creator : creators) {
            String kind = ask(creator, INFO, code);
            for (Kind known : Kind.values()) {
                if (kind.equals(known.text)) {
                    signatures.add(signature(creator, known, code));
                }
            }
        }
        return signatures;
    }

    private static OpSignature signature(long creator, Kind kind, CodeRanges code)
            throws EngineException {
        String namespace = ask(creator, kind.namespace, code);
        String name =
                "%s%s@%s"
                        .formatted(
                                namespace.isEmpty() ? "" : namespace + ":",
                                ask(creator, kind.name, code),
                                ask(creator, kind.version, code));
        int api = kind == Kind.V1 ? 1 : 3;
        return new OpSignature(
                new OpName("", name), 1, Integer.MAX_VALUE, "", api, List.of(), List.of());
    }

    /// A text that a creator gives; of its `InterfaceInfo` the first part.
    private static String ask(long creator, int slot, CodeRanges code) throws EngineException {
        long table = NativeCall.MEMORY.get(JAVA_LONG, creator);
        long function = NativeCall.MEMORY.get(JAVA_LONG, table + slot * JAVA_LONG.byteSize());
        if (!code.contains(function)) {
            throw new EngineException(
                    "a plug-in's creator has no function in place %d of its table (expected: an IPluginCreatorInterface of TensorRT 10 or newer)"
                            .formatted(slot));
        }
        return NativeCall.text(NativeCall.call(function, creator));
    }
}
