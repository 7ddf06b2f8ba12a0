package dev.espalier.server.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.RequestLane;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.config.UnreadLimit;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/// The IN memory of one op set's worker. It belongs to the server and outlives the worker: what clients
/// have uploaded stays where it is while a worker is replaced.
///
/// Safe for use by several threads.
public final class InputMemory implements AutoCloseable {
    /// What a worker has of its own beside its share of the budget: enough for small requests.
    private static final long FIRST_BLOCKS = 8L << 20;

    private final ByteBudget budget;
    private final UnreadLimit unread;
    private final Links links;
    private final SharedRegion region;
    private final InputSegments segments;

    /// Counted on from worker to worker, so that a word of an earlier one is never taken for new.
    private final int[] generations = new int[LinkLayout.SLOTS];

    @GuardedBy("this")
    private int usedLanes;

    /// The host, and every worker whose OUT is still looked at.
    @GuardedBy("this")
    private int holders = 1;

    public InputMemory(ByteBudget budget, Links links, Executor pageMaker) throws LinkException {
        this(budget, links, pageMaker, UnreadLimit.DEFAULT);
    }

    /// @param budget what all workers' requests and results may take up together
    /// @param pageMaker runs what makes pages ahead of those who will want them
    /// @param unread what its workers are told of answers that are not read
    public InputMemory(ByteBudget budget, Links links, Executor pageMaker, UnreadLimit unread)
            throws LinkException {
        this.unread = unread;
        this.budget = budget;
        this.links = links;
        region = links.createIn(LinkLayout.BLOCKS + FIRST_BLOCKS);
        segments = new InputSegments(budget, links, region, pageMaker);
    }

    public ByteBudget budget() {
        return budget;
    }

    UnreadLimit unread() {
        return unread;
    }

    Links links() {
        return links;
    }

    /// The segments that every process of this memory must map.
    InputSegments segments() {
        return segments;
    }

    SharedRegion region() {
        return region;
    }

    /// Remembers that lane `lane` is used.
    synchronized void useLane(int lane) {
        usedLanes = Math.max(usedLanes, lane + 1);
    }

    /// Empties everything that an earlier worker may have left.
    synchronized void clearLanes() {
        for (int lane = 0; lane < usedLanes; lane++) {
            RequestLane.clear(region, lane);
        }
    }

    /// Empties one lane, which a model of the same worker has used before.
    public void clearLane(int lane) {
        RequestLane.clear(region, lane);
    }

    int nextGeneration(int slot) {
        return ++generations[slot];
    }

    /// A block that can be had at once: its address; -1 where there is none. For locks and small requests.
    public long allocateNear(long byteSize) {
        return segments.allocateNear(byteSize);
    }

    /// A block of at least so many bytes: its address. It is addresses: pages come by [#makePages].
    ///
    /// @param needed how many of them will be written at first
    /// @throws ServingException OVERLOADED when there is none
    public long allocate(long byteSize, long needed) throws ServingException {
        return segments.allocate(byteSize, needed);
    }

    /// Whether bytes of a block can be written.
    public boolean areThere(long address, long length) {
        return length == 0 || segments.areThere(address, length);
    }

    /// Makes the pages behind bytes of a block, which can be written then.
    ///
    /// @throws ServingException OVERLOADED when the budget or the machine has no more
    public void makePages(long address, long length) throws ServingException {
        segments.makePages(address, length);
    }

    /// Has them made by another thread, where there is memory for them.
    public void makePagesAhead(long address, long length) {
        if (!areThere(address, length)) {
            segments.makePagesAhead(address, length);
        }
    }

    /// Whether pages of this block count in the budget.
    public static boolean isCounted(long address) {
        return LinkLayout.segment(address) != 0;
    }

    /// Gives a block back.
    public void free(long address) {
        segments.free(address);
    }

    /// A fresh view of these bytes of a block.
    public ByteBuffer view(long address, long byteSize) {
        return segments.slice(address, byteSize).asByteBuffer();
    }

    /// Gives memory back that has not been used for some seconds.
    public void trim() {
        segments.trim();
    }

    MemorySegment memory() {
        return region.memory();
    }

    /// Keeps the memory until one more [#close].
    public synchronized void hold() {
        holders++;
    }

    /// One of those who need the memory needs it no longer; the last one takes it along. No request may
    /// have a place here any more.
    @Override
    public void close() {
        synchronized (this) {
            holders--;
            if (holders != 0) {
                return;
            }
        }
        segments.close();
        region.close();
    }
}
