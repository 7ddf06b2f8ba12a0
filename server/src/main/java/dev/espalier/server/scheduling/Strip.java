package dev.espalier.server.scheduling;

import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.memory.FairShare;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A block of IN in which requests lie side by side, input by input, so that any row of neighbours can
/// run as one batch where it lies. A request that is not batched has a strip of its own.
///
/// ```text
/// block   [ input 0: A A B C C C · · ][ input 1: A A B C C C · · ]     A: 2 rows, B: 1, C: 3
/// ```
///
/// Nothing is ever moved: a neighbour that is late or gone splits the row into two batches instead.
///
/// Guarded by the scheduler's lock.
final class Strip {
    private static final int ALIGNMENT = 64;

    private final InputMemory memory;
    private final Placement pattern;
    private final FairShare share;
    private final long size;
    private final long[] tails;
    private final long[] ends;
    private final int capacity;
    private final List<Member> members = new ArrayList<>(2);
    private long block = -1;
    private int rows;
    private int live;
    private boolean open = true;

    /// A strip for `capacity` rows of requests like `first`, and at least for `first` itself. It must be [#layAt] a
    /// block before anything else.
    Strip(InputMemory memory, FairShare share, Placement first, int capacity) {
        this.memory = memory;
        this.share = share;
        this.pattern = first;
        this.capacity = Math.max(capacity, first.rows());
        int inputs = first.byteSizes().length;
        tails = new long[inputs];
        ends = new long[inputs];
        long end = 0;
        for (int i = 0; i < inputs; i++) {
            long room = first.byteSizes()[i];
            if (this.capacity > first.rows()) {
                room = (room + first.rows() - 1) / first.rows() * this.capacity;
            }
            tails[i] = end;
            ends[i] = end + room;
            end += (room + ALIGNMENT - 1) & -ALIGNMENT;
        }
        size = end;
    }

    /// How large its block must be.
    long size() {
        return size;
    }

    void layAt(long address) {
        block = address;
        for (int i = 0; i < tails.length; i++) {
            tails[i] += block;
            ends[i] += block;
        }
    }

    /// Gives `member` the next rows, if it fits in here.
    boolean take(Member member) {
        Placement placement = member.placement();
        if (!open || rows + placement.rows() > capacity || !pattern.joins(placement)) {
            return false;
        }
        long[] sizes = placement.byteSizes();
        for (int i = 0; i < sizes.length; i++) {
            if (tails[i] + sizes[i] > ends[i]) {
                return false;
            }
        }
        member.strip = this;
        member.firstRow = rows;
        member.offsets = tails.clone();
        member.pages = new MemberPages(memory, member.sharesWith(share), member.offsets, sizes);
        for (int i = 0; i < sizes.length; i++) {
            tails[i] += sizes[i];
        }
        rows += placement.rows();
        live++;
        members.add(member);
        return true;
    }

    /// One of the members no longer needs its bytes; the last one takes the block along.
    void leave() {
        live--;
        if (live == 0) {
            open = false;
            memory.free(block);
        }
    }

    /// Lets no more requests in.
    void close() {
        open = false;
    }

    boolean isOpen() {
        return open;
    }

    boolean isEmpty() {
        return live == 0;
    }

    int freeRows() {
        return open ? capacity - rows : 0;
    }

    List<Member> members() {
        return members;
    }

    ByteBuffer view(long offset, long byteSize) {
        return memory.view(offset, byteSize);
    }
}
