package dev.espalier.server.execution;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestLane;
import dev.espalier.link.SharedRegion;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// The IN memory of one op set's worker. It belongs to the server and outlives the worker: what clients
/// have uploaded stays where it is while a worker is replaced.
///
/// Safe for use by several threads.
public final class InputMemory implements AutoCloseable {
    private final SharedRegion region;
    private final BlockAllocator blocks;

    /// Counted on from worker to worker, so that a word of an earlier one is never taken for new.
    private final int[] generations = new int[LinkLayout.SLOTS];

    private int usedLanes;

    /// The host, and every worker whose OUT is still looked at.
    private int holders = 1;

    public InputMemory(long size) throws LinkException {
        region = SharedRegion.createWritable("espalier-in", size);
        blocks = new BlockAllocator(region);
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

    /// A block of at least so many bytes: its offset.
    ///
    /// @throws ServingException UNAVAILABLE when there is none
    public long allocate(long byteSize) throws ServingException {
        long offset = blocks.allocate(byteSize);
        if (offset < 0) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    ("no room for a request of %d bytes: %d of %d bytes of request memory are in use;"
                                    + " try again later or raise --request-memory-mb")
                            .formatted(byteSize, blocks.usedBytes(), blocks.capacity()));
        }
        return offset;
    }

    /// Gives a block back.
    public void free(long offset) {
        blocks.free(offset);
    }

    /// A fresh view of these bytes.
    public ByteBuffer view(long offset, long byteSize) {
        return region.memory().asSlice(offset, byteSize).asByteBuffer();
    }

    MemorySegment memory() {
        return region.memory();
    }

    /// Keeps the memory until one more [#close].
    synchronized void hold() {
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
        region.close();
    }
}
