package dev.espalier.link;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Hands out blocks of a shared region. Small blocks (up to 512 KB) are equal parts of a granule of
/// 1 MB, larger ones are runs of granules by the buddy system (Knuth, The Art of Computer Programming,
/// 2.5). The block freed last is handed out first, because its pages are warm.
///
/// Pages are reserved before a block is handed out for the first time, and stay until [#trim]. An allocator of
/// addresses alone reserves none: that is its owner's.
///
/// Safe for use by several threads.
public final class BlockAllocator {
    private static final int GRANULE_BITS = 20;
    private static final int GRANULE = 1 << GRANULE_BITS;
    private static final int MIN_BITS = 8;

    /// The least bytes that can be divided into blocks.
    public static final long LEAST = GRANULE;

    /// Units of the smallest block in a granule, as bits.
    private static final int UNIT_BITS = GRANULE_BITS - MIN_BITS;

    private static final byte TAIL = -1;
    private static final byte FREE = -2;

    private final @Nullable SharedRegion region;
    private final long base;

    /// Per granule: the class bits of the small blocks that it is divided into, GRANULE_BITS + order at
    /// the head of a used run, FREE at the head of a free run, TAIL elsewhere.
    private final byte[] kind;

    private final byte[] freeOrder;
    private final boolean[] reserved;

    /// Granules that have been handed out since the last [#trim].
    private final boolean[] recent;

    private final Stack[] freeRuns;
    private final Stack[] freeSmall = new Stack[GRANULE_BITS];
    private final int[] usedInGranule;
    private long usedBytes;
    private int reservedGranules;

    /// An allocator of everything in `region` from offset `base` on.
    public BlockAllocator(SharedRegion region, long base) {
        this(region, base, region.size());
    }

    /// An allocator of the addresses from `base` to `end`.
    public BlockAllocator(long base, long end) {
        this(null, base, end);
    }

    private BlockAllocator(@Nullable SharedRegion region, long base, long end) {
        this.region = region;
        this.base = base;
        int granules = (int) ((end - base) >>> GRANULE_BITS);
        if (granules < 1) {
            throw new IllegalArgumentException(
                    "region's size: %d (expected: at least %d)".formatted(end, base + LEAST));
        }
        kind = new byte[granules];
        freeOrder = new byte[granules];
        reserved = new boolean[granules];
        recent = new boolean[granules];
        usedInGranule = new int[granules];
        Arrays.fill(kind, TAIL);
        int orders = 32 - Integer.numberOfLeadingZeros(granules);
        freeRuns = new Stack[orders];
        for (int order = 0; order < orders; order++) {
            freeRuns[order] = new Stack();
        }
        for (int bits = 0; bits < GRANULE_BITS; bits++) {
            freeSmall[bits] = new Stack();
        }
        // Highest first, so that the lowest lie on top and small sets of blocks stay together.
        int granule = granules;
        while (granule > 0) {
            int order = Math.min(orders - 1, Integer.numberOfTrailingZeros(granule));
            while (1 << order > granule) {
                order--;
            }
            granule -= 1 << order;
            putRun(granule, order);
        }
    }

    /// A block of at least `byteSize` bytes, aligned to 256: its offset in the region, or -1 when there
    /// is none.
    public synchronized long allocate(long byteSize) {
        int bits = bits(byteSize);
        if (bits < GRANULE_BITS) {
            return allocateSmall(bits);
        }
        int granule = takeRun(bits - GRANULE_BITS);
        if (granule < 0) {
            return -1;
        }
        int touched = (int) ((byteSize + GRANULE - 1) >>> GRANULE_BITS);
        if (!reserve(granule, touched)) {
            giveRun(granule, bits - GRANULE_BITS);
            return -1;
        }
        kind[granule] = (byte) bits;
        usedBytes += 1L << bits;
        return offset(granule);
    }

    private static int bits(long byteSize) {
        return Math.max(MIN_BITS, 64 - Long.numberOfLeadingZeros(Math.max(1, byteSize) - 1));
    }

    /// How large a block is that is handed out for so many bytes.
    public static long blockSize(long byteSize) {
        return 1L << bits(byteSize);
    }

    /// What a block for so many bytes takes up in pages.
    public static long pageBytes(long byteSize) {
        return byteSize < GRANULE ? blockSize(byteSize) : byteSize + GRANULE - 1 & -(long) GRANULE;
    }

    private long allocateSmall(int bits) {
        Stack free = freeSmall[bits];
        if (free.isEmpty()) {
            int granule = takeRun(0);
            if (granule < 0) {
                return -1;
            }
            if (!reserve(granule, 1)) {
                giveRun(granule, 0);
                return -1;
            }
            kind[granule] = (byte) bits;
            int count = 1 << (GRANULE_BITS - bits);
            for (int i = count - 1; i >= 0; i--) {
                free.push((granule << UNIT_BITS) + (i << (bits - MIN_BITS)));
            }
        }
        int unit = free.pop();
        usedInGranule[unit >>> UNIT_BITS]++;
        usedBytes += 1L << bits;
        return base + ((long) unit << MIN_BITS);
    }

    /// Gives a block back.
    public synchronized void free(long offset) {
        long relative = offset - base;
        int granule = (int) (relative >>> GRANULE_BITS);
        if (relative < 0 || granule >= kind.length || kind[granule] < MIN_BITS) {
            throw new IllegalArgumentException(
                    "offset: " + offset + " (expected: an allocated block)");
        }
        int bits = kind[granule];
        usedBytes -= 1L << bits;
        if (bits >= GRANULE_BITS) {
            giveRun(granule, bits - GRANULE_BITS);
            return;
        }
        freeSmall[bits].push((int) (relative >>> MIN_BITS));
        usedInGranule[granule]--;
    }

    /// Gives the pages of free blocks back that have not been handed out since the last call.
    ///
    /// @throws LinkException when the region's pages cannot be given back
    public synchronized void trim() throws LinkException {
        boolean _ = compactSmall();
        for (int granule = 0; granule < kind.length; granule++) {
            if (kind[granule] == FREE) {
                trim(granule, granule + (1 << freeOrder[granule]));
            }
        }
        Arrays.fill(recent, false);
    }

    private void trim(int from, int to) throws LinkException {
        for (int granule = from; granule < to; granule++) {
            if (reserved[granule] && !recent[granule]) {
                discard(granule);
            }
        }
    }

    /// Gives the pages of free blocks back at once, but for `kept` bytes for the next blocks.
    ///
    /// @throws LinkException when the region's pages cannot be given back
    public synchronized void trimTo(long kept) throws LinkException {
        boolean _ = compactSmall();
        long left = kept >>> GRANULE_BITS;
        int granule = 0;
        while (granule < kind.length) {
            if (kind[granule] != FREE) {
                granule++;
                continue;
            }
            int end = granule + (1 << freeOrder[granule]);
            for (; granule < end; granule++) {
                if (reserved[granule] && left-- <= 0) {
                    discard(granule);
                }
            }
        }
    }

    private void discard(int granule) throws LinkException {
        if (region == null) {
            throw new IllegalStateException("an allocator of addresses has no pages");
        }
        region.discard(offset(granule), GRANULE);
        reserved[granule] = false;
        reservedGranules--;
    }

    /// Bytes in use, rounded up to the blocks' sizes.
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /// Bytes that have pages, in use or free.
    public synchronized long reservedBytes() {
        return (long) reservedGranules << GRANULE_BITS;
    }

    /// Bytes that blocks can take up altogether.
    public long capacity() {
        return (long) kind.length << GRANULE_BITS;
    }

    /// Bytes of the largest block that there can be.
    public long largestBlock() {
        return Long.highestOneBit(kind.length) << GRANULE_BITS;
    }

    private long offset(int granule) {
        return base + ((long) granule << GRANULE_BITS);
    }

    private boolean reserve(int granule, int count) {
        if (region == null) {
            return true;
        }
        int first = granule;
        int last = granule + count;
        Arrays.fill(recent, first, last, true);
        while (first < last && reserved[first]) {
            first++;
        }
        if (first == last) {
            return true;
        }
        try {
            region.reserve(offset(first), (long) (last - first) << GRANULE_BITS);
        } catch (LinkException _) {
            return false;
        }
        for (int each = first; each < last; each++) {
            reservedGranules += reserved[each] ? 0 : 1;
        }
        Arrays.fill(reserved, first, last, true);
        return true;
    }

    private int takeRun(int order) {
        for (int larger = order; larger < freeRuns.length; larger++) {
            int granule = popRun(larger);
            if (granule >= 0) {
                for (int half = larger - 1; half >= order; half--) {
                    putRun(granule + (1 << half), half);
                }
                kind[granule] = TAIL;
                return granule;
            }
        }
        return compactSmall() ? takeRun(order) : -1;
    }

    /// The top of a free list that is still the head of a free run: merging leaves stale entries.
    private int popRun(int order) {
        Stack runs = freeRuns[order];
        while (!runs.isEmpty()) {
            int granule = runs.pop();
            if (kind[granule] == FREE && freeOrder[granule] == order) {
                kind[granule] = TAIL;
                return granule;
            }
        }
        return -1;
    }

    private void putRun(int granule, int order) {
        kind[granule] = FREE;
        freeOrder[granule] = (byte) order;
        freeRuns[order].push(granule);
    }

    private void giveRun(int first, int firstOrder) {
        int granule = first;
        int order = firstOrder;
        kind[granule] = TAIL;
        while (order < freeRuns.length - 1) {
            int buddy = granule ^ 1 << order;
            if (buddy + (1 << order) > kind.length
                    || kind[buddy] != FREE
                    || freeOrder[buddy] != order) {
                break;
            }
            kind[buddy] = TAIL;
            granule = Math.min(granule, buddy);
            order++;
        }
        putRun(granule, order);
    }

    /// Turns granules whose small blocks are all free back into runs. Whether there were any.
    private boolean compactSmall() {
        boolean any = false;
        for (int granule = 0; granule < kind.length; granule++) {
            int bits = kind[granule];
            if (bits >= MIN_BITS && bits < GRANULE_BITS && usedInGranule[granule] == 0) {
                freeSmall[bits].removeGranule(granule);
                giveRun(granule, 0);
                any = true;
            }
        }
        return any;
    }

    /// A growing stack of numbers without boxes.
    private static final class Stack {
        private int[] values = new int[16];
        private int size;

        boolean isEmpty() {
            return size == 0;
        }

        void push(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int pop() {
            return values[--size];
        }

        void removeGranule(int granule) {
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if ((values[i] >>> UNIT_BITS) != granule) {
                    values[kept++] = values[i];
                }
            }
            size = kept;
        }
    }
}
