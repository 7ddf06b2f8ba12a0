package dev.espalier.server.memory;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.concurrent.atomic.AtomicLong;

/// What one client connection takes of a budget. It never has more than it leaves to the others: alone it gets half
/// of the budget, and of `n` that want all they can get each gets one part of `n + 1`.
///
/// Safe for use by several threads.
public final class BudgetShare {
    private final ByteBudget budget;
    private final AtomicLong taken = new AtomicLong();

    public BudgetShare(ByteBudget budget) {
        this.budget = budget;
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
        long left = budget.limit() - budget.used() - bytes;
        if (mine > left && left >= 0) {
            taken.addAndGet(-bytes);
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "no room for %d bytes of a request: its connection has %d of them already, and %d are left for all (expected: no connection has more than it leaves to others); try again later or %s"
                            .formatted(bytes, mine - bytes, left + bytes, budget.advice()));
        }
        try {
            budget.take(bytes);
        } catch (ServingException refused) {
            taken.addAndGet(-bytes);
            throw refused;
        }
    }

    /// Gives bytes back.
    public void give(long bytes) {
        taken.addAndGet(-bytes);
        budget.give(bytes);
    }
}
