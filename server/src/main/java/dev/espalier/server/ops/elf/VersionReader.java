package dev.espalier.server.ops.elf;

import dev.espalier.server.ops.elf.ElfFile.VersionNeed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads which versions an ELF file needs of others, and which it defines. Both are lists of lists, in
/// which every element says how many bytes on the next one is; a count bounds them.
final class VersionReader {
    private static final long DEFINITIONS = 0x6fff_fffc;
    private static final long DEFINITION_COUNT = 0x6fff_fffd;
    private static final long NEEDS = 0x6fff_fffe;
    private static final long NEED_COUNT = 0x6fff_ffff;

    /// More than any library has; what is more is damage.
    private static final long MOST = 1 << 16;

    private static final int WEAK = 2;

    /// The definition that names the library itself.
    private static final int BASE = 1;

    private final ElfReader file;
    private final ElfBytes bytes;

    VersionReader(ElfReader file) {
        this.file = file;
        this.bytes = file.bytes();
    }

    List<VersionNeed> needs() throws IOException, ElfException {
        List<VersionNeed> needs = new ArrayList<>();
        if (!file.has(NEEDS)) {
            return needs;
        }
        long at = file.offset(NEEDS);
        for (long left = count(NEED_COUNT); left > 0; left--) {
            String library = file.text(bytes.u32(at + 4));
            long version = at + bytes.u32(at + 8);
            for (int versions = bytes.u16(at + 2); versions > 0; versions--) {
                if (needs.size() >= MOST) {
                    throw ElfException.damaged("more than %d needed versions".formatted(MOST));
                }
                boolean weak = (bytes.u16(version + 4) & WEAK) != 0;
                needs.add(new VersionNeed(library, file.text(bytes.u32(version + 8)), weak));
                version += bytes.u32(version + 12);
            }
            at += bytes.u32(at + 12);
        }
        return needs;
    }

    Set<String> definitions() throws IOException, ElfException {
        Set<String> definitions = new HashSet<>();
        if (!file.has(DEFINITIONS)) {
            return definitions;
        }
        long at = file.offset(DEFINITIONS);
        for (long left = count(DEFINITION_COUNT); left > 0; left--) {
            if ((bytes.u16(at + 2) & BASE) == 0) {
                long name = at + bytes.u32(at + 12);
                definitions.add(file.text(bytes.u32(name)));
            }
            at += bytes.u32(at + 16);
        }
        return definitions;
    }

    private long count(long tag) throws ElfException {
        long count = file.value(tag);
        if (count < 0 || count > MOST) {
            throw ElfException.damaged(
                    "%s lists of versions".formatted(Long.toUnsignedString(count)));
        }
        return count;
    }
}
