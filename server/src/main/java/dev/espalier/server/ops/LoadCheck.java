package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfException;
import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.ElfHeader;
import dev.espalier.server.ops.elf.LinkedLibraries;
import dev.espalier.server.ops.elf.SharedLibraries;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Foresees whether the loader of this machine can open an op library, without opening it: a library that
/// is opened runs its initialisers, and a truncated one ends the process.
public final class LoadCheck {
    private final SharedLibraries libraries;
    private final List<Path> resident;

    /// @param resident libraries whose symbols every process has that opens op libraries
    public LoadCheck(SharedLibraries libraries, List<Path> resident) {
        this.libraries = libraries;
        this.resident = List.copyOf(resident);
    }

    /// What keeps `file` from being opened; empty for nothing.
    public Optional<Fault> fault(Path file) {
        try {
            return Optional.ofNullable(firstFault(file));
        } catch (ElfException failure) {
            String seen = String.valueOf(failure.getMessage());
            return Optional.of(
                    switch (failure.kind()) {
                        case NOT_ELF -> new FileFault.NotElf(seen);
                        case TRUNCATED -> new FileFault.Truncated(seen);
                        case DAMAGED -> new FileFault.Damaged(seen);
                    });
        } catch (NoSuchFileException _) {
            return Optional.of(new FileFault.NotReadable("there is no such file"));
        } catch (AccessDeniedException _) {
            return Optional.of(
                    new FileFault.NotReadable(
                            "this user has no permission; give the file read permission"));
        } catch (IOException failure) {
            return Optional.of(new FileFault.NotReadable(String.valueOf(failure.getMessage())));
        }
    }

    private @Nullable Fault firstFault(Path file) throws IOException, ElfException {
        if (Files.isDirectory(file)) {
            return new FileFault.NotReadable("it is a folder");
        }
        ElfHeader header = ElfFile.header(file);
        if (!libraries.machine().runs(header)) {
            return new FileFault.OtherMachine(header, libraries.machine());
        }
        if (header.type() != ElfHeader.SHARED) {
            return new FileFault.NotShared(header.typeText());
        }
        ElfFile library = ElfFile.read(file);
        if (library.program()) {
            return new FileFault.NotShared("an executable program");
        }
        if (EntryPoint.ALL.stream()
                .noneMatch(entry -> library.exported().contains(entry.symbol()))) {
            return new FileFault.NoEntryPoint();
        }
        return linkFault(new LinkedLibraries(library, file, libraries, resident));
    }

    private static @Nullable Fault linkFault(LinkedLibraries linked) {
        if (!linked.missing().isEmpty()) {
            return new FileFault.MissingLibraries(linked.missing(), linked.searched());
        }
        var newer = linked.newerVersions();
        if (!newer.isEmpty()) {
            return new FileFault.NewerVersions(newer);
        }
        var undefined = linked.undefined();
        return undefined.isEmpty() ? null : new FileFault.UndefinedSymbols(undefined);
    }
}
