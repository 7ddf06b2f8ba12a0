package dev.espalier.server.memory;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What one client connection takes of a budget. It never has more than it leaves to the others: alone it gets half
/// of the budget, and of `n` that want all they can get each gets one part of `n + 1`. What it takes counts in its
/// address's share, too.
///
/// Safe for use by several threads.
public final class BudgetShare {
    private final ByteBudget budget;
    private final @Nullable FairShare address;
    private final AtomicLong taken = new AtomicLong();

    /// A share of no address.
    public BudgetShare(ByteBudget budget) {
        this(budget, null);
    }

    BudgetShare(ByteBudget budget, @Nullable FairShare address) {
        this.budget = budget;
        this.address = address;
    }

    /// The most that it can ever have.
    public long limit() {
        return budget.limit() / 2;
    }

    /// Takes so many bytes for a part of a request.
    ///
    /// @throws ServingException OVERLOADED when there are not so many left for this connection; then nothing has
    ///     changed
    public void take(long bytes) throws ServingException {
        if (bytes == 0) {
            return;
        }
        long mine = taken.addAndGet(bytes);
        try {
            take(mine, bytes);
        } catch (ServingException refused) {
            taken.addAndGet(-bytes);
            throw refused;
        }
    }

    private void take(long mine, long bytes) throws ServingException {
        long left = budget.limit() - budget.used() - bytes;
        if (mine > left && left >= 0) {
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "no room for %d bytes of a request: its connection has %d of them already, and %d are left for all (expected: no connection has more than it leaves to others); try again later or %s"
                            .formatted(bytes, mine - bytes, left + bytes, budget.advice()));
        }
        if (address != null) {
            address.take(mine - bytes, bytes, true);
        }
        try {
            budget.take(bytes);
        } catch (ServingException refused) {
            if (address != null) {
                address.give(bytes);
            }
            throw refused;
        }
    }

    /// Gives bytes back.
    public void give(long bytes) {
        taken.addAndGet(-bytes);
        if (address != null) {
            address.give(bytes);
        }
        budget.give(bytes);
    }
}
