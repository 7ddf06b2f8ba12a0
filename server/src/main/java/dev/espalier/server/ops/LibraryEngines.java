package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Tells for which engines op libraries are, by their files. Safe for use by several threads.
final class LibraryEngines {
    private final LibraryReader reader;
    private final Map<String, List<OpEngine>> known = new ConcurrentHashMap<>();

    LibraryEngines(LibraryReader reader) {
        this.reader = reader;
    }

    /// The engines of a library; none where its file does not tell, as a broken one does not.
    List<OpEngine> of(OpLibrary library) {
        return known.computeIfAbsent(library.sha256(), _ -> read(library));
    }

    private List<OpEngine> read(OpLibrary library) {
        return switch (reader.read(library.stored())) {
            case LibraryFile.Sound(ElfFile content) -> reader.engines().of(content);
            case LibraryFile.Archive(OpEngine engine) -> List.of(engine);
            case LibraryFile.Faulty _ -> List.of();
        };
    }
}
