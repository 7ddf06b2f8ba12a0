package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.LinkedLibraries;
import dev.espalier.server.ops.elf.LinkedLibraries.Missing;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Foresees whether the loader of this machine can open an op library, without opening it: a library that
/// is opened runs its initialisers, and a truncated one ends the process.
public final class LoadCheck {
    private final OpEngines engines;
    private final SharedLibraries libraries;
    private final List<Path> resident;
    private final Map<String, Path> provided;

    /// @param engines whose op libraries are told from others
    /// @param libraries of this machine
    /// @param resident libraries whose symbols every process has that opens op libraries
    /// @param provided libraries that every such process has for those that are linked with them, by the names
    ///     that stand in these
    public LoadCheck(
            OpEngines engines,
            SharedLibraries libraries,
            List<Path> resident,
            Map<String, Path> provided) {
        this.engines = engines;
        this.libraries = libraries;
        this.resident = List.copyOf(resident);
        this.provided = Map.copyOf(provided);
    }

    /// What keeps `file` from being opened; empty for nothing.
    public Optional<Fault> fault(Path file) {
        return switch (new LibraryReader(libraries.machine(), engines).read(file)) {
            case LibraryFile.Faulty(FileFault fault) -> Optional.of(fault);
            case LibraryFile.Archive _ -> Optional.empty();
            case LibraryFile.Sound(ElfFile library) ->
                    Optional.ofNullable(
                            engines.of(library).isEmpty()
                                    ? new FileFault.NoOpMark(engines.expected())
                                    : linkFault(
                                            library,
                                            new LinkedLibraries(
                                                    library, file, libraries, resident, provided)));
        };
    }

    private @Nullable Fault linkFault(ElfFile library, LinkedLibraries linked) {
        if (!linked.missing().isEmpty()) {
            return engines.mistake(linked.missing().stream().map(Missing::name).toList())
                    .<Fault>map(fault -> fault)
                    .orElseGet(() ->
                            new FileFault.MissingLibraries(linked.missing(), linked.searched()));
        }
        var newer = linked.newerVersions();
        if (!newer.isEmpty()) {
            return new FileFault.NewerVersions(newer);
        }
        var undefined = linked.undefined();
        if (undefined.isEmpty()) {
            return null;
        }
        return engines.mistake(library, undefined)
                .<Fault>map(fault -> fault)
                .orElseGet(() -> new FileFault.UndefinedSymbols(undefined));
    }
}
