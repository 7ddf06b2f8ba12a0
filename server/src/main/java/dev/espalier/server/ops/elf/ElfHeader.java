package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.ByteOrder;

/// How an ELF file begins: what machine it is for, and what kind of file it is.
///
/// @param bits 32 or 64
/// @param littleEndian the order of bytes in its numbers
/// @param machine the number of the machine; [Machine] knows its name
/// @param type one of the constants here, or another number
public record ElfHeader(int bits, boolean littleEndian, int machine, int type) {
    public static final int RELOCATABLE = 1;
    public static final int EXECUTABLE = 2;
    public static final int SHARED = 3;

    private static final int SMALLEST = 20;
    private static final int MAGIC = 0x7f454c46;

    static ElfHeader read(ElfBytes bytes) throws IOException, ElfException {
        bytes.order(ByteOrder.BIG_ENDIAN);
        if (bytes.size() < SMALLEST || bytes.u32(0) != MAGIC) {
            throw new ElfException(
                    ElfException.Kind.NOT_ELF,
                    bytes.size() == 0
                            ? "it is empty"
                            : "it does not begin with 0x7f 'E' 'L' 'F', as ELF files do");
        }
        int bits = bytes.u8(4) == 2 ? 64 : 32;
        boolean littleEndian = bytes.u8(5) != 2;
        bytes.order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        return new ElfHeader(bits, littleEndian, bytes.u16(18), bytes.u16(16));
    }

    /// What machine it is for, in words.
    public String machineText() {
        return Machine.name(machine) + ", " + bits + " bit";
    }

    /// What kind of file it is, in words.
    public String typeText() {
        return switch (type) {
            case RELOCATABLE -> "an object file (.o)";
            case EXECUTABLE -> "an executable program";
            case SHARED -> "a shared library";
            case 4 -> "a core dump";
            default -> "an ELF file of type " + type;
        };
    }
}
