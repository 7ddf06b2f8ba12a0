package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Reads a 64-bit ELF file as the loader does, by its segments: section headers may be missing. The
/// numbers in the code are offsets and constants of the format (`man 5 elf`).
final class ElfReader {
    private static final int PROGRAM_HEADER = 56;
    private static final int SECTION_HEADER = 64;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int NOTE = 4;
    private static final int EMPTY_SECTION = 0;
    private static final int SECTION_WITHOUT_BYTES = 8;
    private static final int BUILD_ID = 3;

    /// How often each byte of the strings may be part of a name: linkers let names share their ends. A file
    /// that goes on and on with the same long name would fill the memory.
    private static final long TEXT_SHARE = 8;

    private static final long NEEDED = 1;
    private static final long STRING_TABLE = 5;
    private static final long STRING_TABLE_SIZE = 10;
    private static final long RPATH = 15;
    private static final long RUNPATH = 29;
    private static final long FLAGS_1 = 0x6fff_fffb;
    private static final long PROGRAM_FLAG = 0x0800_0000;

    private final ElfBytes bytes;
    private final ElfHeader header;
    private final List<Segment> segments = new ArrayList<>();
    private final Map<Long, Long> dynamic = new HashMap<>();
    private final List<Long> needed = new ArrayList<>();
    private byte[] strings = {};
    private long textLeft;

    private record Segment(long type, long offset, long address, long fileSize) {}

    ElfReader(ElfBytes bytes, ElfHeader header) {
        this.bytes = bytes;
        this.header = header;
    }

    ElfFile file() throws IOException, ElfException {
        if (header.bits() != 64) {
            throw ElfException.damaged("it is of %d bits".formatted(header.bits()));
        }
        checkSections();
        readSegments();
        readDynamic();
        SymbolReader symbols = new SymbolReader(this);
        VersionReader versions = new VersionReader(this);
        symbols.read();
        return new ElfFile(
                header,
                (dynamic.getOrDefault(FLAGS_1, 0L) & PROGRAM_FLAG) != 0,
                texts(needed),
                paths(RPATH),
                paths(RUNPATH),
                symbols.undefined(),
                symbols.exported(),
                symbols.unique(),
                versions.needs(),
                versions.definitions(),
                buildId());
    }

    /// The table of sections lies at the end of most files, so this is what notices a copy that broke off.
    private void checkSections() throws IOException, ElfException {
        long offset = bytes.u64(40);
        int entrySize = bytes.u16(58);
        int count = bytes.u16(60);
        if (offset == 0 || count == 0) {
            return;
        }
        if (entrySize < SECTION_HEADER) {
            throw ElfException.damaged("section headers of %d bytes".formatted(entrySize));
        }
        bytes.check("table of sections", offset, (long) count * entrySize);
        for (int i = 0; i < count; i++) {
            long at = offset + (long) i * entrySize;
            long type = bytes.u32(at + 4);
            if (type != EMPTY_SECTION && type != SECTION_WITHOUT_BYTES) {
                bytes.check("section " + i, bytes.u64(at + 24), bytes.u64(at + 32));
            }
        }
    }

    private void readSegments() throws IOException, ElfException {
        long offset = bytes.u64(32);
        int entrySize = bytes.u16(54);
        int count = bytes.u16(56);
        if (count > 0 && entrySize < PROGRAM_HEADER) {
            throw ElfException.damaged("program headers of %d bytes".formatted(entrySize));
        }
        bytes.check("table of segments", offset, (long) count * entrySize);
        for (int i = 0; i < count; i++) {
            long at = offset + (long) i * entrySize;
            Segment segment =
                    new Segment(
                            bytes.u32(at),
                            bytes.u64(at + 8),
                            bytes.u64(at + 16),
                            bytes.u64(at + 32));
            bytes.check("segment " + i, segment.offset, segment.fileSize);
            segments.add(segment);
        }
    }

    private void readDynamic() throws IOException, ElfException {
        for (Segment segment : segments) {
            if (segment.type != DYNAMIC) {
                continue;
            }
            for (long at = 0; at + 16 <= segment.fileSize; at += 16) {
                long tag = bytes.u64(segment.offset + at);
                long value = bytes.u64(segment.offset + at + 8);
                if (tag == 0) {
                    break;
                }
                if (tag == NEEDED) {
                    needed.add(value);
                } else {
                    dynamic.put(tag, value);
                }
            }
        }
        if (has(STRING_TABLE)) {
            strings =
                    bytes.copy(
                            "table of strings",
                            offset(STRING_TABLE),
                            dynamic.getOrDefault(STRING_TABLE_SIZE, 0L));
            textLeft = TEXT_SHARE * strings.length;
        }
    }

    ElfBytes bytes() {
        return bytes;
    }

    boolean has(long tag) {
        return dynamic.containsKey(tag);
    }

    /// The value of an entry of the dynamic section; 0 for none.
    long value(long tag) {
        return dynamic.getOrDefault(tag, 0L);
    }

    /// Where in the file the thing lies whose address an entry of the dynamic section gives.
    long offset(long tag) throws ElfException {
        long address = value(tag);
        for (Segment segment : segments) {
            if (segment.type == LOAD
                    && address >= segment.address
                    && address - segment.address < segment.fileSize) {
                return segment.offset + (address - segment.address);
            }
        }
        throw ElfException.damaged(
                "entry 0x%x of its dynamic section gives the address 0x%x, which no segment has"
                        .formatted(tag, address));
    }

    /// The text at `index` of the table of strings.
    String text(long index) throws ElfException {
        if (index < 0 || index >= strings.length) {
            throw ElfException.damaged(
                    "text %d of %d bytes of strings".formatted(index, strings.length));
        }
        int end = (int) index;
        while (end < strings.length && strings[end] != 0) {
            end++;
        }
        textLeft -= end - index;
        if (textLeft < 0) {
            throw ElfException.damaged("the same strings as names again and again");
        }
        return new String(strings, (int) index, end - (int) index, StandardCharsets.UTF_8);
    }

    private List<String> texts(List<Long> indexes) throws ElfException {
        List<String> texts = new ArrayList<>();
        for (long index : indexes) {
            texts.add(text(index));
        }
        return texts;
    }

    private List<String> paths(long tag) throws ElfException {
        return has(tag)
                ? Arrays.stream(text(value(tag)).split(":", -1))
                        .filter(path -> !path.isEmpty())
                        .toList()
                : List.of();
    }

    private String buildId() throws IOException, ElfException {
        for (Segment segment : segments) {
            if (segment.type != NOTE) {
                continue;
            }
            long at = segment.offset;
            long end = segment.offset + segment.fileSize;
            while (at + 12 <= end) {
                long nameSize = bytes.u32(at);
                long size = bytes.u32(at + 4);
                long content = at + 12 + aligned(nameSize);
                if (bytes.u32(at + 8) == BUILD_ID && nameSize == 4 && size <= 64) {
                    return HexFormat.of().formatHex(bytes.copy("build id", content, size));
                }
                at = content + aligned(size);
            }
        }
        return "";
    }

    private static long aligned(long size) {
        return size + 3 & -4L;
    }
}
