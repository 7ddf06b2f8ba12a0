package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Knows the usual mistakes in building op libraries for an engine, by the symbols that a library misses.
public interface BuildMistakes {
    /// Of an engine of which none are known.
    BuildMistakes NONE = (_, _) -> Optional.empty();

    /// The mistake in a library.
    ///
    /// @param undefined the symbols that it misses
    /// @return empty where none of them is the engine's
    Optional<BuildFault> find(ElfFile library, List<String> undefined);

    /// The mistake in a library that needs others which are not there.
    ///
    /// @param missing their names
    /// @return empty where none of them tells of one
    default Optional<BuildFault> missing(Collection<String> missing) {
        return Optional.empty();
    }
}
