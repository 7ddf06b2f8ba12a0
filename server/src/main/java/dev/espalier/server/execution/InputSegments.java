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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The segments of one IN memory: the one behind the control words, which is always there, and further
/// ones, which come when it is full and go when they have not been used for some seconds. (A memory that
/// its reader must not be able to write cannot be made smaller, not even by its owner; so it goes as a
/// whole.)
///
/// A large request has a segment to itself. Every segment but the first counts in the budget.
///
/// Safe for use by several threads.
final class InputSegments {
    private static final Logger LOG = System.getLogger(InputSegments.class.getName());
    private static final int WHOLE_FROM = 32 << 20;
    private static final int LARGEST_SHARED = 64 << 20;
    private static final int PAGE = 4096;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ByteBudget budget;
    private final Links links;

    /// Behind the control words. It never goes, so its own lock is enough.
    private final BlockAllocator first;

    private final Runnable reserve = this::giveUnusedBack;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<SegmentMapping> mappings = new CopyOnWriteArrayList<>();
    private volatile @Nullable Segment[] segments;

    /// One segment.
    private static final class Segment {
        private final SharedRegion region;

        /// Null where one block takes up the whole of it.
        private final @Nullable BlockAllocator blocks;

        private int used;
        private long unusedSince = System.nanoTime();

        Segment(SharedRegion region, @Nullable BlockAllocator blocks) {
            this.region = region;
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

    InputSegments(ByteBudget budget, Links links, SharedRegion first) {
        this.budget = budget;
        this.links = links;
        this.first = new BlockAllocator(first, LinkLayout.BLOCKS);
        this.segments = new Segment[] {new Segment(first, this.first)};
        budget.addReserve(reserve);
    }

    /// A block of at least so many bytes: its address in IN ([LinkLayout#address]).
    ///
    /// @throws ServingException OVERLOADED when there is none
    long allocate(long byteSize) throws ServingException {
        long near = byteSize >= WHOLE_FROM ? -1 : first.allocate(byteSize);
        return near >= 0 ? LinkLayout.address(0, near) : allocateBeyondFirst(byteSize);
    }

    private long allocateBeyondFirst(long byteSize) throws ServingException {
        // What is free in segments is counted already, but results may take up more than is left.
        if (!budget.tryTake(0)) {
            throw budget.refusal(byteSize);
        }
        lock.lock();
        try {
            @Nullable Segment[] known = segments;
            for (int number = 1; number < known.length; number++) {
                Segment segment = known[number];
                long offset = segment == null ? -1 : segment.allocate(byteSize);
                if (segment != null && offset >= 0) {
                    segment.used++;
                    return LinkLayout.address(number, offset);
                }
            }
            return allocateFromNew(byteSize);
        } finally {
            lock.unlock();
        }
    }

    private long allocateFromNew(long byteSize) throws ServingException {
        int number = freeNumber();
        Segment segment = number < 0 ? null : make(byteSize);
        long offset = segment == null ? -1 : segment.allocate(byteSize);
        if (segment == null || offset < 0) {
            throw budget.refusal(byteSize);
        }
        segment.used++;
        @Nullable Segment[] more = Arrays.copyOf(segments, Math.max(segments.length, number + 1));
        more[number] = segment;
        segments = more;
        mappings.forEach(mapping -> mapping.add(number, segment.region));
        return LinkLayout.address(number, offset);
    }

    private int freeNumber() {
        for (int number = 0; number < segments.length; number++) {
            if (segments[number] == null) {
                return number;
            }
        }
        return segments.length < LinkLayout.MAX_SEGMENTS ? segments.length : -1;
    }

    /// A new segment with room for so many bytes; null when the budget or the machine has no more.
    private @Nullable Segment make(long byteSize) {
        if (byteSize >= WHOLE_FROM) {
            SharedRegion region = region((byteSize + PAGE - 1) & -PAGE, true);
            return region == null ? null : new Segment(region, null);
        }
        long least = Math.max(BlockAllocator.LEAST, Long.highestOneBit(2 * byteSize - 1));
        long size = Math.max(least, Math.min(LARGEST_SHARED, Long.highestOneBit(mappedBytes())));
        for (; size >= least; size /= 2) {
            SharedRegion region = region(size, false);
            if (region != null) {
                return new Segment(region, new BlockAllocator(region, 0));
            }
        }
        return null;
    }

    /// @param reserved whether its pages are reserved; else they are, by and by, when blocks are
    private @Nullable SharedRegion region(long size, boolean reserved) {
        if (!budget.tryTake(size)) {
            return null;
        }
        SharedRegion region = null;
        try {
            region = links.createSegment(size);
            if (reserved) {
                region.reserve(0, size);
            }
            return region;
        } catch (LinkException failure) {
            LOG.log(Level.WARNING, "no more request memory: {0}", failure.getMessage());
            budget.give(size);
            if (region != null) {
                region.close();
            }
            return null;
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
            segment.used--;
            if (segment.used == 0) {
                segment.unusedSince = System.nanoTime();
            }
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

    /// What all segments take up when their pages are touched.
    long mappedBytes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment == null ? 0 : segment.region.size();
        }
        return bytes;
    }

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

    /// Drops the segments that have not been used for some seconds.
    void trim() {
        lock.lock();
        try {
            drop(KEPT_NANOS);
        } finally {
            lock.unlock();
        }
    }

    /// Does not wait: whoever is short of memory holds the lock of its own segments.
    private void giveUnusedBack() {
        if (lock.tryLock()) {
            try {
                drop(0);
            } finally {
                lock.unlock();
            }
        }
    }

    private void drop(long unusedForNanos) {
        long now = System.nanoTime();
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
                segment.region.close();
                budget.give(segment.region.size());
            }
        }
    }

    /// Takes all segments along but the first. No request may have a place here any more.
    void close() {
        lock.lock();
        try {
            budget.removeReserve(reserve);
            drop(0);
        } finally {
            lock.unlock();
        }
    }
}
