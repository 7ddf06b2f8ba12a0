package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OutputMemory;
import dev.espalier.link.BlockAllocator;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.SlotReleases;
import java.util.Arrays;

/// The memory of results in OUT, by slot. A slot keeps its blocks until the slot is used again, which
/// the server does only once it has consumed the result; when memory runs short, blocks of consumed
/// results are taken back earlier.
///
/// Safe for use by several threads.
final class OutputSlots {
    private final SharedRegion out;
    private final BlockAllocator allocator;
    private final SlotReleases releases;
    private final long[][] blocks = new long[LinkLayout.SLOTS][1];
    private final int[] blockCounts = new int[LinkLayout.SLOTS];
    private final int[] generations = new int[LinkLayout.SLOTS];

    OutputSlots(SharedRegion in, SharedRegion out) {
        this.out = out;
        this.allocator = new BlockAllocator(out, LinkLayout.BLOCKS);
        this.releases = new SlotReleases(in);
    }

    /// Where one thread's executions put their outputs.
    final class Writer implements OutputMemory {
        private int slot;

        /// Begins a result in `slot`; the slot's result before has been consumed.
        void begin(int newSlot, int generation) {
            slot = newSlot;
            synchronized (OutputSlots.this) {
                freeBlocks(newSlot);
                generations[newSlot] = generation;
            }
        }

        @Override
        public long reserve(long byteSize) throws EngineException {
            synchronized (OutputSlots.this) {
                long offset = allocator.allocate(byteSize);
                if (offset < 0) {
                    takeBack();
                    offset = allocator.allocate(byteSize);
                }
                if (offset < 0) {
                    throw new EngineException(
                            ("no room for an output of %d bytes: %d of %d bytes of the worker's output"
                                            + " memory are in use; raise --request-memory-mb")
                                    .formatted(
                                            byteSize, allocator.usedBytes(), allocator.capacity()));
                }
                keep(offset);
                return out.address() + offset;
            }
        }

        private void keep(long offset) {
            int count = blockCounts[slot]++;
            if (count == blocks[slot].length) {
                blocks[slot] = Arrays.copyOf(blocks[slot], 2 * count);
            }
            blocks[slot][count] = offset;
        }
    }

    /// Gives memory back that has not been used for a while.
    synchronized void trim() {
        takeBack();
        try {
            allocator.trim();
        } catch (LinkException _) {
            // Free blocks keep their pages; that costs memory and nothing else.
        }
    }

    private void takeBack() {
        for (int slot = 0; slot < LinkLayout.SLOTS; slot++) {
            if (blockCounts[slot] > 0 && releases.isReleased(slot, generations[slot])) {
                freeBlocks(slot);
            }
        }
    }

    private void freeBlocks(int slot) {
        while (blockCounts[slot] > 0) {
            allocator.free(blocks[slot][--blockCounts[slot]]);
        }
    }
}
