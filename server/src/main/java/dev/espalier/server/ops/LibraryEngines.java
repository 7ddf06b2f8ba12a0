package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.Machine;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Tells for which engines op libraries are, by their files. Safe for use by several threads.
final class LibraryEngines {
    private final Machine machine;
    private final Map<String, List<OpMark>> known = new ConcurrentHashMap<>();

    LibraryEngines(Machine machine) {
        this.machine = machine;
    }

    Machine machine() {
        return machine;
    }

    /// The engines of a library; none where its file does not tell, as a broken one does not.
    List<OpMark> of(OpLibrary library) {
        return known.computeIfAbsent(library.sha256(), _ -> read(library));
    }

    private List<OpMark> read(OpLibrary library) {
        return switch (LibraryFile.read(library.stored(), machine)) {
            case LibraryFile.Sound(ElfFile content) -> OpMark.of(content);
            case LibraryFile.Faulty _ -> List.of();
        };
    }
}
