package dev.espalier.server.ops;

import dev.espalier.server.ops.elf.ElfFile;

/// A file that should be a shared library for this machine, or an archive of an engine, read without opening it as one.
sealed interface LibraryFile {
    /// It is a shared library.
    record Sound(ElfFile content) implements LibraryFile {}

    /// It is an archive of an engine.
    record Archive(OpEngine engine) implements LibraryFile {}

    /// It is none.
    record Faulty(FileFault fault) implements LibraryFile {}
}
