package dev.espalier.server.ops.elf;

/// The machines that ELF files are for, by their number in the file.
public record Machine(int number) {
    /// The machine that this process runs on.
    ///
    /// @param architecture the JVM's `os.arch`
    public static Machine named(String architecture) {
        return new Machine(
                switch (architecture) {
                    case "amd64" -> 62;
                    case "aarch64" -> 183;
                    case "riscv64" -> 243;
                    default ->
                            throw new IllegalArgumentException(
                                    "os.arch: "
                                            + architecture
                                            + " (expected: amd64, aarch64 or riscv64)");
                });
    }

    /// Whether a file is for this machine.
    public boolean runs(ElfHeader header) {
        return header.machine() == number && header.bits() == 64 && header.littleEndian();
    }

    /// The name of the machine.
    public String text() {
        return name(number) + ", 64 bit";
    }

    static String name(int number) {
        return switch (number) {
            case 3 -> "x86";
            case 8 -> "MIPS";
            case 20 -> "PowerPC";
            case 21 -> "PowerPC 64";
            case 22 -> "S390";
            case 40 -> "ARM";
            case 62 -> "x86-64";
            case 183 -> "AArch64";
            case 243 -> "RISC-V";
            case 258 -> "LoongArch";
            default -> "machine " + number;
        };
    }
}
