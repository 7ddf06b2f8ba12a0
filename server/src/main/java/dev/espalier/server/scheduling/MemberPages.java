package dev.espalier.server.scheduling;

import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.CountedShares;
import dev.espalier.server.memory.FairShare;
import java.util.List;

/// How far the inputs of one request can be written. Their place is addresses; pages are made as the bytes arrive,
/// a step ahead of them, so that a request takes up what it has sent and not what it has announced.
///
/// Used by one thread at a time.
final class MemberPages {
    /// What is made at least; and what arrives by itself of an upload that has just begun.
    private static final long STEP = 256 << 10;

    private static final long FIRST_AHEAD = 1 << 20;

    private final InputMemory memory;
    private final CountedShares shares;
    private final long[] addresses;
    private final long[] sizes;

    /// How many bytes of each input can be written.
    private final long[] there;

    /// How many of each have been asked for.
    private final long[] asked;

    /// @param shares what the pages count in, each of them
    MemberPages(InputMemory memory, List<FairShare> shares, long[] addresses, long[] sizes) {
        this.memory = memory;
        this.shares = new CountedShares(shares);
        this.addresses = addresses;
        this.sizes = sizes;
        this.there = new long[sizes.length];
        this.asked = new long[sizes.length];
    }

    /// Makes sure that the first `bytes` of an input can be written.
    ///
    /// @throws ServingException OVERLOADED when there is no room for them; more may be there then than before
    void make(int input, long bytes) throws ServingException {
        long from = there[input];
        if (bytes <= from) {
            return;
        }
        long size = sizes[input];
        long to = Math.min(size, Math.max(bytes, from + STEP));
        boolean exist = memory.areThere(addresses[input] + from, to - from);
        if (InputMemory.isCounted(addresses[input])) {
            shares.take(to - from, !exist);
        }
        if (!exist) {
            memory.makePages(addresses[input] + from, to - from);
        }
        there[input] = to;
        if (to < size && 2 * to >= asked[input]) {
            long ahead = Math.min(size, Math.max(2 * to, FIRST_AHEAD));
            asked[input] = ahead;
            memory.makePagesAhead(addresses[input] + to, ahead - to);
        }
    }

    /// The request is over.
    void close() {
        shares.giveBack();
    }
}
