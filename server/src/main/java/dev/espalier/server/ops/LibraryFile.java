package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;

/// A file that should be a shared library for this machine, read without opening it as one.
sealed interface LibraryFile {
    /// It is one.
    record Sound(ElfFile content) implements LibraryFile {}

    /// It is none.
    record Faulty(FileFault fault) implements LibraryFile {}
}
