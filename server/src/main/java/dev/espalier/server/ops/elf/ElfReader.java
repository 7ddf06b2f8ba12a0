package dev.espalier.server.ops.elf;

import dev.espalier.server.ops.elf.ElfFile.Undefined;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads a 64-bit ELF file as the loader does, by its segments: section headers may be missing. The
/// numbers in the code are offsets and constants of the format (`man 5 elf`).
///
/// What a file may make of us is limited: a library of hundreds of megabytes takes as little memory as a small
/// one, and no list in it goes on for ever.
final class ElfReader {
    private static final int PROGRAM_HEADER = 56;
    private static final int SECTION_HEADER = 64;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int EMPTY_SECTION = 0;
    private static final int SECTION_WITHOUT_BYTES = 8;

    /// What is read in order, and what lies anywhere.
    private static final int WINDOW = 1 << 16;

    private static final int SMALL_WINDOW = 1 << 9;

    /// Names of C++ templates have some thousands of bytes.
    private static final int LONGEST_TEXT = 1 << 16;

    /// All names that are kept of a library, in bytes.
    private static final long MOST_TEXT = 8 << 20;

    /// The same without those of its symbols.
    private static final long MOST_LINKAGE_TEXT = 1 << 20;

    private static final int MOST_ENTRIES = 1 << 16;
    private static final int MOST_NEEDED = 1 << 10;
    private static final int MOST_PATHS = 1 << 8;

    private static final long NEEDED = 1;
    private static final long STRING_TABLE = 5;
    private static final long STRING_TABLE_SIZE = 10;
    private static final long SONAME = 14;
    private static final long RPATH = 15;
    private static final long RUNPATH = 29;
    private static final long FLAGS_1 = 0x6fff_fffb;
    private static final long PROGRAM_FLAG = 0x0800_0000;

    private final ElfBytes bytes;
    private final ElfBytes strings;
    private final ElfHeader header;
    private final List<Segment> segments = new ArrayList<>();
    private final Map<Long, Long> dynamic = new HashMap<>();
    private final List<Long> needed = new ArrayList<>();
    private int entries;
    private long stringTable;
    private long stringBytes;
    private long textLeft;

    private record Segment(long type, long offset, long address, long fileSize) {}

    private ElfReader(ElfBytes bytes, ElfBytes strings, long mostText)
            throws IOException, ElfException {
        this.bytes = bytes;
        this.strings = strings;
        this.textLeft = mostText;
        this.header = ElfHeader.read(bytes);
        if (header.bits() != 64) {
            throw ElfException.damaged("it is of %d bits".formatted(header.bits()));
        }
    }

    /// Reads all that the loader needs to know.
    ///
    /// @param asked symbols of which the file's `exported` shall tell whether the library has them
    static ElfFile file(SeekableByteChannel channel, Set<String> asked)
            throws IOException, ElfException {
        ElfReader reader =
                new ElfReader(
                        new ElfBytes(channel, WINDOW),
                        new ElfBytes(channel, SMALL_WINDOW),
                        MOST_TEXT);
        reader.checkSections();
        reader.readSegments();
        reader.readDynamic();
        SymbolReader symbols = new SymbolReader(reader);
        symbols.read();
        return reader.file(symbols.undefined(), exported(channel, asked));
    }

    /// Reads what matters of a library that another one needs: all but its symbols.
    static ElfFile linkage(SeekableByteChannel channel) throws IOException, ElfException {
        ElfReader reader = small(channel);
        reader.checkSections();
        reader.readSegments();
        reader.readDynamic();
        return reader.file(List.of(), Set.of());
    }

    private static ElfReader small(SeekableByteChannel channel) throws IOException, ElfException {
        return new ElfReader(
                new ElfBytes(channel, SMALL_WINDOW),
                new ElfBytes(channel, SMALL_WINDOW),
                MOST_LINKAGE_TEXT);
    }

    /// Those of the symbols `asked` that the library defines for others.
    static Set<String> exported(SeekableByteChannel channel, Set<String> asked)
            throws IOException, ElfException {
        if (asked.isEmpty()) {
            return Set.of();
        }
        ElfReader reader = small(channel);
        reader.readSegments();
        reader.readDynamic();
        return new SymbolLookup(reader).definedOf(asked);
    }

    private ElfFile file(List<Undefined> undefined, Set<String> exported)
            throws IOException, ElfException {
        VersionReader versions = new VersionReader(this);
        return new ElfFile(
                header,
                (dynamic.getOrDefault(FLAGS_1, 0L) & PROGRAM_FLAG) != 0,
                has(SONAME) ? text(value(SONAME)) : "",
                texts(needed),
                paths(RPATH),
                paths(RUNPATH),
                undefined,
                exported,
                versions.needs(),
                versions.definitions());
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
                if (++entries > MOST_ENTRIES || needed.size() > MOST_NEEDED) {
                    throw ElfException.damaged(
                            "more than %d entries in its dynamic section, or %d needed libraries"
                                    .formatted(MOST_ENTRIES, MOST_NEEDED));
                }
                if (tag == NEEDED) {
                    needed.add(value);
                } else {
                    dynamic.put(tag, value);
                }
            }
        }
        if (has(STRING_TABLE)) {
            stringTable = offset(STRING_TABLE);
            stringBytes = value(STRING_TABLE_SIZE);
            bytes.check("table of strings", stringTable, stringBytes);
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
    String text(long index) throws IOException, ElfException {
        if (index < 0 || index >= stringBytes) {
            throw ElfException.damaged(
                    "text %d of %d bytes of strings".formatted(index, stringBytes));
        }
        int length = 0;
        while (index + length < stringBytes && strings.u8(stringTable + index + length) != 0) {
            if (++length > LONGEST_TEXT) {
                throw ElfException.damaged("a name of more than %d bytes".formatted(LONGEST_TEXT));
            }
        }
        textLeft -= length;
        if (textLeft < 0) {
            throw ElfException.damaged("too many names, or too long ones");
        }
        ByteBuffer text = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            text.put((byte) strings.u8(stringTable + index + i));
        }
        return new String(text.array(), StandardCharsets.UTF_8);
    }

    /// Whether the text at `index` of the table of strings is this one.
    boolean isText(long index, byte[] wanted) throws IOException, ElfException {
        if (index < 0 || index >= stringBytes - wanted.length) {
            return false;
        }
        long at = stringTable + index;
        for (int i = 0; i < wanted.length; i++) {
            if (strings.u8(at + i) != (wanted[i] & 0xff)) {
                return false;
            }
        }
        return strings.u8(at + wanted.length) == 0;
    }

    private List<String> texts(List<Long> indexes) throws IOException, ElfException {
        List<String> texts = new ArrayList<>();
        for (long index : indexes) {
            texts.add(text(index));
        }
        return texts;
    }

    private List<String> paths(long tag) throws IOException, ElfException {
        if (!has(tag)) {
            return List.of();
        }
        List<String> paths =
                Arrays.stream(text(value(tag)).split(":", -1))
                        .filter(path -> !path.isEmpty())
                        .toList();
        if (paths.size() > MOST_PATHS) {
            throw ElfException.damaged("%d folders to look in".formatted(paths.size()));
        }
        return paths;
    }
}
