package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What the dynamic loader reads of a shared library.
///
/// @param program whether it is a program after all: position-independent ones look like libraries
/// @param needed the names of the libraries it needs (`DT_NEEDED`)
/// @param rpath where it wants them looked for first (`DT_RPATH`; ignored where there is a runpath)
/// @param runpath where it wants them looked for after `LD_LIBRARY_PATH` (`DT_RUNPATH`)
/// @param undefined the symbols that others must define
/// @param exported the symbols that it defines for others
/// @param unique those among them that a process has only one of, whatever library is asked
///     (`STB_GNU_UNIQUE`)
/// @param versionNeeds which versions of which libraries it needs
/// @param versions the versions that it defines itself, such as `GLIBC_2.36`
/// @param buildId in hexadecimal; empty for none
public record ElfFile(
        ElfHeader header,
        boolean program,
        List<String> needed,
        List<String> rpath,
        List<String> runpath,
        List<Undefined> undefined,
        Set<String> exported,
        Set<String> unique,
        List<VersionNeed> versionNeeds,
        Set<String> versions,
        String buildId) {
    public ElfFile {
        needed = List.copyOf(needed);
        rpath = List.copyOf(rpath);
        runpath = List.copyOf(runpath);
        undefined = List.copyOf(undefined);
        exported = Set.copyOf(exported);
        unique = Set.copyOf(unique);
        versionNeeds = List.copyOf(versionNeeds);
        versions = Set.copyOf(versions);
    }

    /// A symbol that another library must define.
    ///
    /// @param weak the library can do without it
    public record Undefined(String name, boolean weak) {}

    /// A version of a library that is needed.
    ///
    /// @param library the name in `needed`
    /// @param weak the loader only warns when it is not there
    public record VersionNeed(String library, String version, boolean weak) {}

    /// Reads how `file` begins.
    ///
    /// @throws ElfException when it is no ELF file
    public static ElfHeader header(Path file) throws IOException, ElfException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return ElfHeader.read(new ElfBytes(channel));
        }
    }

    /// Reads a shared library of 64 bits.
    ///
    /// @throws ElfException when it is none, or not all of it is there
    public static ElfFile read(Path file) throws IOException, ElfException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel);
        }
    }

    static ElfFile read(SeekableByteChannel channel) throws IOException, ElfException {
        ElfBytes bytes = new ElfBytes(channel);
        return new ElfReader(bytes, ElfHeader.read(bytes)).file();
    }
}
