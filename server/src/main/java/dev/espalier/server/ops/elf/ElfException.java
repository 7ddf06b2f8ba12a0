package dev.espalier.server.ops.elf;

/// A file is no ELF file that can be read to its end. The message says what stands where.
public final class ElfException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /// What is wrong with the file.
    public enum Kind {
        /// It does not begin as ELF files do.
        NOT_ELF,
        /// It speaks of bytes behind its end.
        TRUNCATED,
        /// It contradicts itself.
        DAMAGED
    }

    ElfException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static ElfException damaged(String what) {
        return new ElfException(Kind.DAMAGED, what);
    }
}
