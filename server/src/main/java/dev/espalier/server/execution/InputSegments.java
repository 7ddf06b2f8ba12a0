package dev.espalier.server.execution;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The segments of one IN memory: the one behind the control words, which is always there, and further
/// ones, which come when it is full and go when they have not been used for some seconds. (A memory that
/// its reader must not be able to write cannot be made smaller, not even by its owner; so it goes as a
/// whole.)
///
/// A segment is addresses, which cost nothing. Its pages are made as its blocks are filled ([SegmentPages]),
/// and count in the budget, but for the first segment's. A large block has a segment to itself.
///
/// Safe for use by several threads.
final class InputSegments {
    private static final Logger LOG = System.getLogger(InputSegments.class.getName());
    private static final int WHOLE_FROM = 32 << 20;
    private static final int LARGEST_SHARED = 64 << 20;
    private static final int PAGE = 4096;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ByteBudget budget;
    private final Links links;
    private final Executor pageMaker;

    /// Behind the control words. It never goes, so its own lock is enough.
    private final BlockAllocator first;

    private final Runnable reserve = this::giveUnusedBack;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<SegmentMapping> mappings = new CopyOnWriteArrayList<>();
    private volatile @Nullable Segment[] segments;

    /// One segment.
    private static final class Segment {
        private final SharedRegion region;
        private final SegmentPages pages;

        /// Null where one block takes up the whole of it.
        private final @Nullable BlockAllocator blocks;

        /// Its blocks in use, and threads that make pages of it.
        private int used;

        private long unusedSince = System.nanoTime();

        Segment(SharedRegion region, SegmentPages pages, @Nullable BlockAllocator blocks) {
            this.region = region;
            this.pages = pages;
            this.blocks = blocks;
        }

        /// The offset of a new block in this segment; -1 for none.
        long allocate(long byteSize) {
            if (blocks == null) {
                boolean fits = byteSize >= WHOLE_FROM && byteSize <= region.size();
                return used == 0 && fits && byteSize > region.size() / 2 ? 0 : -1;
            }
            return byteSize >= WHOLE_FROM ? -1 : blocks.allocate(byteSize);
        }
    }

    /// @param pageMaker runs what makes pages ahead of those who will want them
    InputSegments(ByteBudget budget, Links links, SharedRegion first, Executor pageMaker) {
        this.budget = budget;
        this.links = links;
        this.pageMaker = pageMaker;
        this.first = new BlockAllocator(LinkLayout.BLOCKS, first.size());
        SegmentPages pages = new SegmentPages(first, budget, false);
        Segment always = new Segment(first, pages, this.first);
        always.used = 1;
        this.segments = new Segment[] {always};
        budget.addReserve(reserve);
    }

    /// A block in the first segment; -1 where there is none. Never takes longer than a moment.
    long allocateNear(long byteSize) {
        long near = byteSize >= WHOLE_FROM ? -1 : first.allocate(byteSize);
        return near < 0 ? -1 : LinkLayout.address(0, near);
    }

    /// A block of at least so many bytes, of which `needed` will be written at first: its address in IN
    /// ([LinkLayout#address]). Its pages are not there yet.
    ///
    /// @throws ServingException OVERLOADED when there is none
    long allocate(long byteSize, long needed) throws ServingException {
        long near = allocateNear(byteSize);
        if (near >= 0) {
            return near;
        }
        // What is free in segments is counted already, but results may take up more than is left.
        if (needed > budget.limit() || !budget.tryTake(0)) {
            throw budget.refusal(needed);
        }
        long known = allocateInKnown(byteSize);
        if (known >= 0) {
            return known;
        }
        if (needed > budget.left()) {
            throw budget.refusal(needed);
        }
        Segment segment = make(byteSize);
        long address = segment == null ? -1 : add(segment, byteSize);
        if (address < 0) {
            throw budget.refusal(needed);
        }
        return address;
    }

    private long allocateInKnown(long byteSize) {
        lock.lock();
        try {
            @Nullable Segment[] known = segments;
            for (int number = 1; number < known.length; number++) {
                Segment segment = known[number];
                long offset = segment == null ? -1 : segment.allocate(byteSize);
                if (segment != null && offset >= 0) {
                    use(segment);
                    return LinkLayout.address(number, offset);
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /// A new segment with addresses for so many bytes; null when the machine has no more.
    private @Nullable Segment make(long byteSize) {
        boolean whole = byteSize >= WHOLE_FROM;
        long least = Math.max(BlockAllocator.LEAST, Long.highestOneBit(2 * byteSize - 1));
        long shared = Math.max(least, Math.min(LARGEST_SHARED, Long.highestOneBit(addresses())));
        long size = whole ? (byteSize + PAGE - 1) & -PAGE : shared;
        try {
            SharedRegion region = links.createSegment(size);
            SegmentPages pages = new SegmentPages(region, budget, true);
            return new Segment(region, pages, whole ? null : new BlockAllocator(0, size));
        } catch (LinkException failure) {
            LOG.log(Level.WARNING, "no more request memory: {0}", failure.getMessage());
            return null;
        }
    }

    /// Adds a segment, and gives its first block out.
    ///
    /// @return the block's address; -1 when there are too many segments
    private long add(Segment segment, long byteSize) {
        lock.lock();
        try {
            int number = freeNumber();
            if (number >= 0) {
                long offset = segment.allocate(byteSize);
                segment.used++;
                @Nullable Segment[] more =
                        Arrays.copyOf(segments, Math.max(segments.length, number + 1));
                more[number] = segment;
                segments = more;
                mappings.forEach(mapping -> mapping.add(number, segment.region));
                return LinkLayout.address(number, offset);
            }
        } finally {
            lock.unlock();
        }
        segment.region.close();
        return -1;
    }

    private int freeNumber() {
        for (int number = 0; number < segments.length; number++) {
            if (segments[number] == null) {
                return number;
            }
        }
        return segments.length < LinkLayout.MAX_SEGMENTS ? segments.length : -1;
    }

    // --- use

    private void use(Segment segment) {
        if (segment.used == 0) {
            budget.wanted(segment.pages.bytes());
        }
        segment.used++;
    }

    private void letGo(Segment segment) {
        segment.used--;
        if (segment.used == 0) {
            segment.unusedSince = System.nanoTime();
            budget.kept(segment.pages.bytes());
        }
    }

    /// Gives a block back.
    void free(long address) {
        if (LinkLayout.segment(address) == 0) {
            first.free(LinkLayout.offset(address));
            return;
        }
        lock.lock();
        try {
            Segment segment = segment(address);
            if (segment.blocks != null) {
                segment.blocks.free(LinkLayout.offset(address));
            }
            letGo(segment);
        } finally {
            lock.unlock();
        }
    }

    /// Whether all pages of a range exist.
    boolean areThere(long address, long length) {
        return segment(address).pages.areThere(LinkLayout.offset(address), length);
    }

    /// Makes the pages of a part of a block that do not exist yet.
    ///
    /// @throws ServingException OVERLOADED when the budget or the machine has no more
    void makePages(long address, long length) throws ServingException {
        Segment segment = held(address);
        try {
            segment.pages.make(LinkLayout.offset(address), length);
        } finally {
            release(segment);
        }
    }

    /// Has the pages of a part of a block made by another thread, where there is memory for them.
    void makePagesAhead(long address, long length) {
        Segment segment = held(address);
        pageMaker.execute(() -> {
            try {
                segment.pages.make(LinkLayout.offset(address), length);
            } catch (ServingException _) {
                // Who needs them will ask again.
            } finally {
                release(segment);
            }
        });
    }

    /// A segment that does not go until it is released, whatever becomes of the block in it.
    private Segment held(long address) {
        lock.lock();
        try {
            Segment segment = segment(address);
            use(segment);
            return segment;
        } finally {
            lock.unlock();
        }
    }

    private void release(Segment segment) {
        lock.lock();
        try {
            letGo(segment);
        } finally {
            lock.unlock();
        }
    }

    /// The bytes of a block, or a part of it.
    MemorySegment slice(long address, long byteSize) {
        return segment(address).region.memory().asSlice(LinkLayout.offset(address), byteSize);
    }

    private Segment segment(long address) {
        int number = LinkLayout.segment(address);
        Segment segment = number < segments.length ? segments[number] : null;
        if (segment == null) {
            throw new IllegalArgumentException(
                    "address: " + address + " (expected: in one of the segments)");
        }
        return segment;
    }

    private long addresses() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment == null ? 0 : segment.region.size();
        }
        return bytes;
    }

    /// What all segments take up at most for a process that reads of them what has been written.
    long mappedBytes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment == null ? 0 : segment.pages.bytes();
        }
        return LinkLayout.BLOCKS + bytes;
    }

    // --- mappings

    /// Has all segments but the first mapped, and from now on each that comes.
    void addMapping(SegmentMapping mapping) {
        lock.lock();
        try {
            for (int number = 1; number < segments.length; number++) {
                Segment segment = segments[number];
                if (segment != null) {
                    mapping.add(number, segment.region);
                }
            }
            mappings.add(mapping);
        } finally {
            lock.unlock();
        }
    }

    void removeMapping(SegmentMapping mapping) {
        lock.lock();
        try {
            mappings.remove(mapping);
        } finally {
            lock.unlock();
        }
    }

    // --- giving back

    /// Drops the segments that have not been used for some seconds.
    void trim() {
        List<Segment> unused;
        lock.lock();
        try {
            unused = taken(KEPT_NANOS);
        } finally {
            lock.unlock();
        }
        drop(unused);
    }

    /// Does not wait: whoever is short of memory may hold the lock of its own segments.
    private void giveUnusedBack() {
        if (lock.tryLock()) {
            List<Segment> unused;
            try {
                unused = taken(0);
            } finally {
                lock.unlock();
            }
            drop(unused);
        }
    }

    /// Takes the segments out that have not been used for so long.
    private List<Segment> taken(long unusedForNanos) {
        long now = System.nanoTime();
        List<Segment> unused = new ArrayList<>();
        for (int number = 1; number < segments.length; number++) {
            Segment segment = segments[number];
            if (segment != null
                    && segment.used == 0
                    && now - segment.unusedSince >= unusedForNanos) {
                int dropped = number;
                @Nullable Segment[] fewer = segments.clone();
                fewer[number] = null;
                segments = fewer;
                mappings.forEach(mapping -> mapping.drop(dropped));
                unused.add(segment);
            }
        }
        return unused;
    }

    /// Unmaps them, which takes milliseconds where they are large: not under the lock.
    private void drop(List<Segment> unused) {
        for (Segment segment : unused) {
            segment.region.close();
            budget.wanted(segment.pages.bytes());
            budget.give(segment.pages.bytes());
        }
    }

    /// Takes all segments along but the first. No request may have a place here any more.
    void close() {
        budget.removeReserve(reserve);
        List<Segment> unused;
        lock.lock();
        try {
            unused = taken(0);
        } finally {
            lock.unlock();
        }
        drop(unused);
    }
}
