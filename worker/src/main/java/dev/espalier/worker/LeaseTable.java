package dev.espalier.worker;

import dev.espalier.link.LinkLayout;
import org.jspecify.annotations.Nullable;

/// The leases that there are, by their first block. Guarded by its [AnswerMemory].
final class LeaseTable {
    private static final int ROW_BITS = 12;
    private static final int ROW = 1 << ROW_BITS;

    /// A row for each megabyte of OUT in which an answer has begun.
    private final @Nullable Lease[] @Nullable [] rows;

    LeaseTable(long outSize) {
        rows = new Lease[(LinkLayout.block(outSize) >>> ROW_BITS) + 1][];
    }

    void put(Lease lease) {
        int block = LinkLayout.block(lease.first());
        @Nullable Lease[] row = rows[block >>> ROW_BITS];
        if (row == null) {
            row = new Lease[ROW];
            rows[block >>> ROW_BITS] = row;
        }
        row[block & ROW - 1] = lease;
    }

    /// Takes a lease out; null when there is none of this number in this block.
    @Nullable Lease take(int block, int number) {
        int index = block >>> ROW_BITS;
        @Nullable Lease[] row = index < rows.length ? rows[index] : null;
        Lease lease = row == null ? null : row[block & ROW - 1];
        if (row == null || lease == null || lease.number() != number) {
            return null;
        }
        row[block & ROW - 1] = null;
        return lease;
    }
}
