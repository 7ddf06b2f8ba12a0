package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// Opens op libraries as TensorFlow wants it done: what a library registers while it is opened counts, and
/// what it registers twice does not end the process.
final class OpLibraryLoader {
    private OpLibraryLoader() {}

    /// Opens a library, whose symbols no other library sees.
    ///
    /// @return the ops that it defines
    /// @throws EngineException when the loader refuses it, in the loader's words
    static List<OpDefinition> open(TfApi api, Path library) throws EngineException {
        try (Arena arena = Arena.ofConfined();
                Status status = new Status(api)) {
            long handle =
                    api.call(
                            TfFunction.LOAD_LIBRARY,
                            arena.allocateFrom(library.toString()).address(),
                            status.address());
            status.check("opening op library " + library.getFileName());
            MemorySegment list = api.opListOf(handle, arena);
            return OpDefinition.list(new ProtoReader(TfBuffer.dataAt(list.address())));
        }
    }
}
