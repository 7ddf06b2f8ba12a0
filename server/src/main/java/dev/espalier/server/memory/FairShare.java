package dev.espalier.server.memory;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.concurrent.atomic.AtomicLong;

/// What the requests of one of many take up of a budget that is taken by their pages. They may have some times what
/// they leave to all others: so the others always find a part of it, however many want all that they can get.
///
/// One request that is alone may have all that is left. Safe for use by several threads.
public final class FairShare {
    private final ByteBudget budget;
    private final String owner;
    private final int times;
    private final AtomicLong taken = new AtomicLong();

    /// @param owner whose requests they are, for messages
    /// @param times how many times what they leave to others they may have
    public FairShare(ByteBudget budget, String owner, int times) {
        this.budget = budget;
        this.owner = owner;
        this.times = times;
    }

    /// Takes so many bytes more for a request.
    ///
    /// @param own how many it has already
    /// @param limited whether they are taken from what is left; not where their pages exist already
    /// @throws ServingException OVERLOADED when they have too many; then nothing has changed
    public void take(long own, long bytes, boolean limited) throws ServingException {
        long all = taken.addAndGet(bytes);
        long left = budget.left();
        if (limited && all > own + bytes && all > times * Math.max(0, left - bytes)) {
            taken.addAndGet(-bytes);
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "no room for %d bytes of a request: those of %s have %d, and %d are left for all (expected: they have at most %d times what they leave to others); try again later"
                            .formatted(bytes, owner, all - bytes, left, times));
        }
    }

    /// Gives bytes back.
    public void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    public long taken() {
        return taken.get();
    }
}
