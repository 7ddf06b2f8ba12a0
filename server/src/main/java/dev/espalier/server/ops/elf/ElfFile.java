package dev.espalier.server.ops.elf;

import dev.espalier.server.files.RegularFile;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What the dynamic loader reads of a shared library.
///
/// @param program whether it is a program after all: position-independent ones look like libraries
/// @param soname what others call it (`DT_SONAME`); empty for nothing
/// @param needed the names of the libraries it needs (`DT_NEEDED`)
/// @param rpath where it wants them looked for first (`DT_RPATH`; ignored where there is a runpath)
/// @param runpath where it wants them looked for after `LD_LIBRARY_PATH` (`DT_RUNPATH`)
/// @param undefined the symbols that others must define
/// @param exported those of the symbols asked for that it defines for others
/// @param versionNeeds which versions of which libraries it needs
/// @param versions the versions that it defines itself, such as `GLIBC_2.36`
public record ElfFile(
        ElfHeader header,
        boolean program,
        String soname,
        List<String> needed,
        List<String> rpath,
        List<String> runpath,
        List<Undefined> undefined,
        Set<String> exported,
        List<VersionNeed> versionNeeds,
        Set<String> versions) {
    private static final int HEADER = 64;

    public ElfFile {
        needed = List.copyOf(needed);
        rpath = List.copyOf(rpath);
        runpath = List.copyOf(runpath);
        undefined = List.copyOf(undefined);
        exported = Set.copyOf(exported);
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
        try (SeekableByteChannel channel = RegularFile.open(file)) {
            return ElfHeader.read(new ElfBytes(channel, HEADER));
        }
    }

    /// Reads a shared library of 64 bits.
    ///
    /// @param asked symbols of which `exported` shall tell whether it has them
    /// @throws ElfException when it is none, or not all of it is there
    public static ElfFile read(Path file, Set<String> asked) throws IOException, ElfException {
        try (SeekableByteChannel channel = RegularFile.open(file)) {
            return read(channel, asked);
        }
    }

    /// The same without its symbols: what matters of a library that another one needs.
    ///
    /// @throws ElfException when it is none
    public static ElfFile linkage(Path file) throws IOException, ElfException {
        try (SeekableByteChannel channel = RegularFile.open(file)) {
            return ElfReader.linkage(channel);
        }
    }

    static ElfFile read(SeekableByteChannel channel, Set<String> asked)
            throws IOException, ElfException {
        return ElfReader.file(channel, asked);
    }

    /// Those of the symbols `asked` that a shared library defines for others.
    ///
    /// @throws ElfException when it is none
    static Set<String> exported(Path file, Set<String> asked) throws IOException, ElfException {
        try (SeekableByteChannel channel = RegularFile.open(file)) {
            return ElfReader.exported(channel, asked);
        }
    }

    /// What others call it: its soname, else the file's name.
    public String nameOr(Path file) {
        return soname.isEmpty() ? String.valueOf(file.getFileName()) : soname;
    }
}
