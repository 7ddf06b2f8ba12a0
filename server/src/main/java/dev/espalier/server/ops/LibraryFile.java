package dev.espalier.server.ops;

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

/// A file that should be a shared library for this machine, read without opening it as one.
sealed interface LibraryFile {
    /// It is one.
    record Sound(ElfFile content) implements LibraryFile {}

    /// It is none.
    record Faulty(FileFault fault) implements LibraryFile {}

    static LibraryFile read(Path file, Machine machine) {
        try {
            if (Files.isDirectory(file)) {
                return new Faulty(new FileFault.NotReadable("it is a folder"));
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new Faulty(new FileFault.NotReadable("it is a pipe, a socket or a device"));
            }
            ElfHeader header = ElfFile.header(file);
            if (!machine.runs(header)) {
                return new Faulty(new FileFault.OtherMachine(header, machine));
            }
            if (header.type() != ElfHeader.SHARED) {
                return new Faulty(new FileFault.NotShared(header.typeText()));
            }
            Optional<OpMark> engine = OpMark.owner(ElfFile.linkage(file).nameOr(file));
            if (engine.isPresent()) {
                return new Faulty(new FileFault.EngineLibrary(engine.get()));
            }
            ElfFile content = ElfFile.read(file, OpMark.EXPORTS);
            return content.program()
                    ? new Faulty(new FileFault.NotShared("an executable program"))
                    : new Sound(content);
        } catch (ElfException failure) {
            String seen = String.valueOf(failure.getMessage());
            return new Faulty(
                    switch (failure.kind()) {
                        case NOT_ELF -> new FileFault.NotElf(seen);
                        case TRUNCATED -> new FileFault.Truncated(seen);
                        case DAMAGED -> new FileFault.Damaged(seen);
                    });
        } catch (NoSuchFileException _) {
            return new Faulty(new FileFault.NotReadable("there is no such file"));
        } catch (AccessDeniedException _) {
            return new Faulty(
                    new FileFault.NotReadable(
                            "this user has no permission; give the file read permission"));
        } catch (IOException failure) {
            return new Faulty(new FileFault.NotReadable(String.valueOf(failure.getMessage())));
        }
    }
}
