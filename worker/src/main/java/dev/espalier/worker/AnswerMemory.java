package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.NoRoomException;
import dev.espalier.engine.OutputMemory;
import dev.espalier.link.BlockAllocator;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ReleaseReader;
import dev.espalier.link.SharedRegion;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The memory of answers in OUT, by [Lease]. An answer keeps its blocks until the server says that nobody
/// reads it any more; what it says of leases that do not exist is ignored.
///
/// Pages stay with free blocks while such are used, however many they are: new ones cost as much as filling them.
/// They go when nobody has wanted them for a while, and when the server needs the memory elsewhere.
///
/// Safe for use by several threads.
final class AnswerMemory {
    private static final int SMALL_OUTPUTS = 256;
    private static final int ALIGNMENT = 64;
    private static final long LARGE_BYTES = 1L << 20;

    private final MemorySegment in;
    private final SharedRegion out;
    private final Runnable disconnected;
    private final BlockAllocator allocator;
    private final LeaseTable leases;
    private final List<ReleaseReader> releases = new ArrayList<>();
    private int lastNumber;
    private int pressure;

    /// @param loops how many loops give answers back
    /// @param disconnected what to do when an op has closed the descriptor of `out`; does not return
    AnswerMemory(SharedRegion in, SharedRegion out, int loops, Runnable disconnected) {
        this.in = in.memory();
        this.out = out;
        this.disconnected = disconnected;
        allocator = new BlockAllocator(out, LinkLayout.OUT_BLOCKS);
        leases = new LeaseTable(out.size());
        for (int loop = 0; loop < loops; loop++) {
            releases.add(new ReleaseReader(in, out, loop));
        }
        pressure = LinkLayout.pressure(this.in);
    }

    /// Where one thread's executions put their answers.
    final class Writer implements OutputMemory {
        private @Nullable Lease lease;

        /// What is left of the answer's first block.
        private long free;

        private long end;

        /// Begins an answer with a frame of so many bytes, and forgets the one before, which has been told of.
        ///
        /// @return false when there is no room even for the frame
        boolean begin(int frameBytes) {
            long wanted = Math.max(LinkLayout.LEAST_ANSWER, aligned(frameBytes) + SMALL_OUTPUTS);
            synchronized (AnswerMemory.this) {
                takeBack();
                long first = allocator.allocate(wanted);
                if (first < 0) {
                    lease = null;
                    checkConnected();
                    return false;
                }
                // Never 0, which an empty frame has.
                lastNumber = lastNumber == -1 ? 1 : lastNumber + 1;
                Lease begun = new Lease(lastNumber, first, BlockAllocator.blockSize(wanted));
                leases.put(begun);
                lease = begun;
                free = first + aligned(frameBytes);
                end = first + BlockAllocator.blockSize(wanted);
                return true;
            }
        }

        /// Gives the answer up that nobody has been told of.
        void abandon() {
            Lease known = lease;
            lease = null;
            if (known != null) {
                synchronized (AnswerMemory.this) {
                    free(LinkLayout.block(known.first()), known.number());
                }
            }
        }

        /// The block with the answer's frame.
        int block() {
            return LinkLayout.block(current().first());
        }

        /// The number of the answer's lease.
        int lease() {
            return current().number();
        }

        /// Counts the answer as unread until it is given back. Before anybody is told of it.
        void owe(Unread unread) {
            synchronized (AnswerMemory.this) {
                current().owe(unread);
            }
        }

        private Lease current() {
            Lease known = lease;
            if (known == null) {
                throw new IllegalStateException("no answer has been begun");
            }
            return known;
        }

        @Override
        public long reserve(long byteSize) throws EngineException {
            if (byteSize > Integer.MAX_VALUE) {
                throw new EngineException(
                        "an output of %d bytes is more than a result can have (expected: at most %d)"
                                .formatted(byteSize, Integer.MAX_VALUE));
            }
            Lease known = current();
            if (byteSize <= end - free) {
                long offset = free;
                free = aligned(offset + byteSize);
                return out.address() + offset;
            }
            synchronized (AnswerMemory.this) {
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
                known.add(offset, BlockAllocator.pageBytes(byteSize));
                return out.address() + offset;
            }
        }

        private EngineException refusal(long byteSize) {
            checkConnected();
            String refused =
                    "no room for an output of %d bytes: %d of %d bytes of the worker's output memory are in use; "
                            .formatted(byteSize, allocator.usedBytes(), allocator.capacity());
            return byteSize > allocator.largestBlock()
                    ? new EngineException(refused + "raise --request-memory-mb")
                    : new NoRoomException(refused + "try again later or raise --request-memory-mb");
        }

        private static long aligned(long offset) {
            return (offset + ALIGNMENT - 1) & -ALIGNMENT;
        }
    }

    private void checkConnected() {
        if (!out.isOpen()) {
            disconnected.run();
        }
    }

    /// Takes the memory of answers back that nobody reads any more.
    synchronized void takeBack() {
        for (ReleaseReader released : releases) {
            while (released.poll()) {
                free(released.block(), released.lease());
            }
        }
    }

    private synchronized void free(int block, int number) {
        Lease lease = leases.take(block, number);
        if (lease != null) {
            for (int i = 0; i < lease.count(); i++) {
                allocator.free(lease.offset(i));
            }
            lease.settle();
        }
    }

    /// Takes back what there is, gives pages back where they are wanted elsewhere, and tells how many are left. Not
    /// before the server has made this the worker of its memory: what lies in the rings till then is another's.
    synchronized void tend() {
        takeBack();
        int pressed = LinkLayout.pressure(in);
        try {
            if (pressed != pressure) {
                pressure = pressed;
                allocator.trimTo(0);
            }
        } catch (LinkException _) {
            // Free blocks keep their pages; that costs memory and nothing else.
        }
        LinkLayout.putPages(out.memory(), allocator.reservedBytes());
    }

    /// Gives the pages of free blocks back that nobody has wanted since the last call.
    synchronized void trim() {
        try {
            allocator.trim();
        } catch (LinkException _) {
            // As above.
        }
    }
}
