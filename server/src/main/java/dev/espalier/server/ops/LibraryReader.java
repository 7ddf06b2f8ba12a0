package dev.espalier.server.ops;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.ops.elf.ElfException;
import dev.espalier.server.ops.elf.ElfFile;
import dev.espalier.server.ops.elf.ElfHeader;
import dev.espalier.server.ops.elf.Machine;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Reads files that should be shared libraries or archives of engines, and tells whose ops are in them.
///
/// @param machine for which they must be
/// @param engines whose op libraries are told from others
public record LibraryReader(Machine machine, OpEngines engines) {
    LibraryFile read(Path file) {
        try {
            if (Files.isDirectory(file)) {
                return new LibraryFile.Faulty(new FileFault.NotReadable("it is a folder"));
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new LibraryFile.Faulty(
                        new FileFault.NotReadable("it is a pipe, a socket or a device"));
            }
            Optional<OpEngine> archive = engines.ofArchive(file);
            if (archive.isPresent()) {
                return archive(file, archive.get());
            }
            ElfHeader header = ElfFile.header(file);
            if (!machine.runs(header)) {
                return new LibraryFile.Faulty(new FileFault.OtherMachine(header, machine));
            }
            if (header.type() != ElfHeader.SHARED) {
                return new LibraryFile.Faulty(new FileFault.NotShared(header.typeText()));
            }
            Optional<OpEngine> engine = engines.owner(ElfFile.linkage(file).nameOr(file));
            if (engine.isPresent()) {
                return new LibraryFile.Faulty(new FileFault.EngineLibrary(engine.get().title()));
            }
            ElfFile content = ElfFile.read(file, engines.exports());
            return content.program()
                    ? new LibraryFile.Faulty(new FileFault.NotShared("an executable program"))
                    : new LibraryFile.Sound(content);
        } catch (ElfException failure) {
            String seen = String.valueOf(failure.getMessage());
            return new LibraryFile.Faulty(
                    switch (failure.kind()) {
                        case NOT_ELF -> new FileFault.NotElf(seen);
                        case TRUNCATED -> new FileFault.Truncated(seen);
                        case DAMAGED -> new FileFault.Damaged(seen);
                    });
        } catch (NoSuchFileException _) {
            return new LibraryFile.Faulty(new FileFault.NotReadable("there is no such file"));
        } catch (AccessDeniedException _) {
            return new LibraryFile.Faulty(
                    new FileFault.NotReadable(
                            "this user has no permission; give the file read permission"));
        } catch (IOException failure) {
            return new LibraryFile.Faulty(
                    new FileFault.NotReadable(String.valueOf(failure.getMessage())));
        }
    }

    private static LibraryFile archive(Path file, OpEngine engine) throws IOException {
        try {
            engine.archive().check().check(file);
            return new LibraryFile.Archive(engine);
        } catch (FormatException failure) {
            return new LibraryFile.Faulty(
                    new FileFault.NotArchive(
                            engine.archive().title(), String.valueOf(failure.getMessage())));
        }
    }
}
