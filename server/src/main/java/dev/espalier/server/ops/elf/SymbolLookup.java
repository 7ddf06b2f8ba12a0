package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Looks symbols up in a library as the loader does, by its hash tables: a few bytes are read for each, however
/// many the library has. The tables are those of `SymbolReader`.
final class SymbolLookup {
    private static final int SYMBOL = 24;
    private static final int LOCAL = 0;

    /// More symbols in a row than any table has that a linker made.
    private static final int LONGEST_CHAIN = 1 << 12;

    private static final long HASH_TABLE = 4;
    private static final long SYMBOL_TABLE = 6;
    private static final long GNU_HASH_TABLE = 0x6fff_fef5;

    private final ElfReader file;
    private final ElfBytes bytes;

    SymbolLookup(ElfReader file) {
        this.file = file;
        this.bytes = file.bytes();
    }

    /// Those of the symbols that the library defines for others.
    Set<String> definedOf(Collection<String> names) throws IOException, ElfException {
        Set<String> defined = new HashSet<>();
        if (!file.has(SYMBOL_TABLE)) {
            return defined;
        }
        for (String name : names) {
            if (isDefined(name.getBytes(StandardCharsets.UTF_8))) {
                defined.add(name);
            }
        }
        return defined;
    }

    private boolean isDefined(byte[] name) throws IOException, ElfException {
        if (file.has(GNU_HASH_TABLE)) {
            return isInGnuTable(file.offset(GNU_HASH_TABLE), name);
        }
        return file.has(HASH_TABLE) && isInTable(file.offset(HASH_TABLE), name);
    }

    private boolean isInGnuTable(long table, byte[] name) throws IOException, ElfException {
        long buckets = bytes.u32(table);
        long firstHashed = bytes.u32(table + 4);
        long filterWords = bytes.u32(table + 8);
        if (buckets == 0) {
            return false;
        }
        long firstBucket = table + 16 + 8 * filterWords;
        long chain = firstBucket + 4 * buckets;
        long hash = gnuHash(name);
        long symbol = bytes.u32(firstBucket + 4 * (hash % buckets));
        if (symbol < firstHashed) {
            return false;
        }
        for (int i = 0; i < LONGEST_CHAIN; i++, symbol++) {
            long seen = bytes.u32(chain + 4 * (symbol - firstHashed));
            if ((seen | 1) == (hash | 1) && isDefinedAt(symbol, name)) {
                return true;
            }
            if ((seen & 1) != 0) {
                return false;
            }
        }
        throw tooLong();
    }

    private boolean isInTable(long table, byte[] name) throws IOException, ElfException {
        long buckets = bytes.u32(table);
        if (buckets == 0) {
            return false;
        }
        long chain = table + 8 + 4 * buckets;
        long symbol = bytes.u32(table + 8 + 4 * (hash(name) % buckets));
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            if (symbol == 0) {
                return false;
            }
            if (isDefinedAt(symbol, name)) {
                return true;
            }
            symbol = bytes.u32(chain + 4 * symbol);
        }
        throw tooLong();
    }

    private static ElfException tooLong() {
        return ElfException.damaged(
                "more than %d symbols in one bucket of its hash table".formatted(LONGEST_CHAIN));
    }

    private boolean isDefinedAt(long symbol, byte[] name) throws IOException, ElfException {
        long at = file.offset(SYMBOL_TABLE) + symbol * SYMBOL;
        int visibility = bytes.u8(at + 5) & 3;
        return bytes.u8(at + 4) >>> 4 != LOCAL
                && bytes.u16(at + 6) != 0
                && (visibility == 0 || visibility == 3)
                && file.isText(bytes.u32(at), name);
    }

    private static long gnuHash(byte[] name) {
        int hash = 5381;
        for (byte each : name) {
            hash = hash * 33 + (each & 0xff);
        }
        return hash & 0xffff_ffffL;
    }

    private static long hash(byte[] name) {
        long hash = 0;
        for (byte each : name) {
            hash = (hash << 4) + (each & 0xff);
            long top = hash & 0xf000_0000L;
            hash = (hash ^ top >>> 24) & ~top & 0xffff_ffffL;
        }
        return hash;
    }
}
