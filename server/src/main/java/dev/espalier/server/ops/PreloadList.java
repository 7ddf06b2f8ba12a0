package dev.espalier.server.ops;

import dev.espalier.server.ops.Preload.Ignored;
import dev.espalier.server.ops.Preload.Ops;
import dev.espalier.server.ops.Preload.Other;
import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The value of `LD_PRELOAD` that the server was started with. `bin/trtserver` takes it away from the
/// loader: an op library in it may need an engine's own libraries, without which the loader ends every
/// process, and code of ops has no place in the server's.
///
/// Two processes read it, so that one rule decides: the one that tells the launcher what the loader may
/// have after all, and then the server.
///
/// @param text the names, separated by colons or blanks
/// @param machine where the loader finds libraries
/// @param engines whose op libraries are told from others
public record PreloadList(String text, SharedLibraries machine, OpEngines engines) {
    /// The names that stay in `LD_PRELOAD`, separated by colons.
    public String remaining() {
        return sorted().stream()
                .filter(Other.class::isInstance)
                .map(other -> ((Other) other).name())
                .collect(Collectors.joining(":"));
    }

    /// What becomes of each name, in their order.
    public List<Preload> sorted() {
        List<Preload> sorted = new ArrayList<>();
        for (String name : text.split("[: ]+", -1)) {
            if (!name.isEmpty()) {
                sorted.add(sort(name));
            }
        }
        return sorted;
    }

    private Preload sort(String name) {
        if (name.contains("$")) {
            // Only the loader knows what its $LIB and $PLATFORM are.
            return new Other(name);
        }
        Optional<Path> file = machine.findPreload(name);
        if (file.isEmpty()) {
            return new Ignored(name, "cannot open shared object file");
        }
        return switch (new LibraryReader(machine.machine(), engines).read(file.get())) {
            case LibraryFile.Faulty(FileFault fault) -> new Ignored(name, fault.text());
            // The loader would not take it either.
            case LibraryFile.Archive(OpEngine engine) ->
                    new Ignored(
                            name,
                            "is a %s for %s".formatted(engine.archive().title(), engine.title()));
            case LibraryFile.Sound(ElfFile library) -> {
                List<OpEngine> found = engines.of(library);
                yield found.isEmpty() ? new Other(name) : Ops.of(name, file.get(), found);
            }
        };
    }
}
