package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.NoRoomException;
import dev.espalier.engine.OutputMemory;
import dev.espalier.link.BlockAllocator;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.SlotReleases;
import java.util.Arrays;

/// The memory of results in OUT, by slot. A slot keeps its blocks until the slot is used again, which
/// the server does only once it has consumed the result; blocks of consumed results are taken back earlier
/// when memory runs short, before a large output, and ten times a second.
///
/// Safe for use by several threads.
final class OutputSlots {
    /// Pages that stay for the next results. More than that belongs to the machine.
    private static final long KEPT_BYTES = 64L << 20;

    private static final long LARGE_BYTES = 1L << 20;

    private final SharedRegion out;
    private final Runnable disconnected;
    private final BlockAllocator allocator;
    private final SlotReleases releases;
    private final long[][] blocks = new long[LinkLayout.SLOTS][1];
    private final int[] blockCounts = new int[LinkLayout.SLOTS];
    private final int[] generations = new int[LinkLayout.SLOTS];

    /// @param disconnected what to do when an op has closed the descriptor of `out`; does not return
    OutputSlots(SharedRegion in, SharedRegion out, Runnable disconnected) {
        this.out = out;
        this.disconnected = disconnected;
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
                if (byteSize >= LARGE_BYTES) {
                    takeBack();
                }
                long offset = allocator.allocate(byteSize);
                if (offset < 0) {
                    takeBack();
                    offset = allocator.allocate(byteSize);
                }
                if (offset < 0) {
                    throw refusal(byteSize);
                }
                keep(offset);
                return out.address() + offset;
            }
        }

        private EngineException refusal(long byteSize) {
            if (!out.isOpen()) {
                disconnected.run();
            }
            String refused =
                    "no room for an output of %d bytes: %d of %d bytes of the worker's output memory are in use; "
                            .formatted(byteSize, allocator.usedBytes(), allocator.capacity());
            return byteSize > allocator.largestBlock()
                    ? new EngineException(refused + "raise --request-memory-mb")
                    : new NoRoomException(refused + "try again later or raise --request-memory-mb");
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
        try {
            allocator.trim();
        } catch (LinkException _) {
            // Free blocks keep their pages; that costs memory and nothing else.
        }
    }

    /// Takes the blocks of consumed results back, and gives pages back that are more than the next results
    /// need.
    synchronized void takeBack() {
        for (int slot = 0; slot < LinkLayout.SLOTS; slot++) {
            if (blockCounts[slot] > 0 && releases.isReleased(slot, generations[slot])) {
                freeBlocks(slot);
            }
        }
        try {
            allocator.trimTo(KEPT_BYTES);
        } catch (LinkException _) {
            // As above.
        }
    }

    private void freeBlocks(int slot) {
        while (blockCounts[slot] > 0) {
            allocator.free(blocks[slot][--blockCounts[slot]]);
        }
    }
}
