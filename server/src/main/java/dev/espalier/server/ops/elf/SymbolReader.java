package dev.espalier.server.ops.elf;

import dev.espalier.server.ops.elf.ElfFile.Undefined;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads the symbols of an ELF file that others must define.
final class SymbolReader {
    private static final int SYMBOL = 24;
    private static final int LOCAL = 0;
    private static final int WEAK = 2;

    private static final int RELOCATION = 24;

    /// More than any library has; what is more is damage.
    private static final long MOST_SYMBOLS = 1 << 23;

    private static final int MOST_UNDEFINED = 1 << 18;

    private static final long CALLS_SIZE = 2;
    private static final long HASH_TABLE = 4;
    private static final long SYMBOL_TABLE = 6;
    private static final long RELOCATIONS = 7;
    private static final long RELOCATIONS_SIZE = 8;
    private static final long CALLS = 23;
    private static final long GNU_HASH_TABLE = 0x6fff_fef5;

    private final ElfReader file;
    private final ElfBytes bytes;
    private final List<Undefined> undefined = new ArrayList<>();

    SymbolReader(ElfReader file) {
        this.file = file;
        this.bytes = file.bytes();
    }

    void read() throws IOException, ElfException {
        if (!file.has(SYMBOL_TABLE)) {
            return;
        }
        long count = limited(count());
        long table = file.offset(SYMBOL_TABLE);
        bytes.check("table of symbols", table, count * SYMBOL);
        for (long i = 1; i < count; i++) {
            long at = table + i * SYMBOL;
            int binding = bytes.u8(at + 4) >>> 4;
            boolean defined = bytes.u16(at + 6) != 0;
            if (binding == LOCAL || defined) {
                continue;
            }
            if (undefined.size() == MOST_UNDEFINED) {
                throw ElfException.damaged(
                        "more than %d symbols that others must define".formatted(MOST_UNDEFINED));
            }
            undefined.add(new Undefined(file.text(bytes.u32(at)), binding == WEAK));
        }
    }

    private static long limited(long count) throws ElfException {
        if (count > MOST_SYMBOLS) {
            throw ElfException.damaged("more than %d symbols".formatted(MOST_SYMBOLS));
        }
        return count;
    }

    /// The format has no count of its symbols; the loader's hash tables tell how far they go.
    private long count() throws IOException, ElfException {
        if (file.has(HASH_TABLE)) {
            long count = bytes.u32(file.offset(HASH_TABLE) + 4);
            bytes.check("hash table", file.offset(HASH_TABLE), 4 * count);
            return count;
        }
        return file.has(GNU_HASH_TABLE) ? countByGnuHash(file.offset(GNU_HASH_TABLE)) : 0;
    }

    /// Header, filter words, buckets, then a chain per bucket: a word a symbol, of which the last of the
    /// chain has its lowest bit set. Symbols before the first hashed one are undefined ones.
    private long countByGnuHash(long table) throws IOException, ElfException {
        long buckets = bytes.u32(table);
        long firstHashed = bytes.u32(table + 4);
        long filterWords = bytes.u32(table + 8);
        long firstBucket = table + 16 + 8 * filterWords;
        bytes.check("hash table", firstBucket, 4 * limited(buckets));
        long last = 0;
        for (long i = 0; i < buckets; i++) {
            last = Math.max(last, bytes.u32(firstBucket + 4 * i));
        }
        if (last < firstHashed) {
            // Nothing is exported; the table's numbers are then no more than placeholders.
            return Math.max(
                    countByRelocations(RELOCATIONS, RELOCATIONS_SIZE),
                    countByRelocations(CALLS, CALLS_SIZE));
        }
        long chain = firstBucket + 4 * buckets;
        while ((bytes.u32(chain + 4 * (last - firstHashed)) & 1) == 0) {
            limited(++last - firstHashed);
        }
        return last + 1;
    }

    /// What the loader has to fill in names the symbols that are used.
    private long countByRelocations(long tag, long sizeTag) throws IOException, ElfException {
        if (!file.has(tag)) {
            return 0;
        }
        long table = file.offset(tag);
        long size = file.value(sizeTag);
        bytes.check("table of relocations", table, size);
        limited(size / RELOCATION);
        long last = 0;
        for (long at = 0; at + RELOCATION <= size; at += RELOCATION) {
            last = Math.max(last, bytes.u32(table + at + 12));
        }
        return last + 1;
    }

    List<Undefined> undefined() {
        return undefined;
    }
}
