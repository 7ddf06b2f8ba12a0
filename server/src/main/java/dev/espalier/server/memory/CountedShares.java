package dev.espalier.server.memory;

import dev.espalier.server.failure.ServingException;
import java.util.List;

/// What one request, or one answer, has taken of some shares: the same of each.
///
/// Used by one thread at a time.
public final class CountedShares {
    private final List<FairShare> shares;
    private long counted;

    public CountedShares(List<FairShare> shares) {
        this.shares = shares;
    }

    /// Takes so many bytes more.
    ///
    /// @param limited whether they are taken from what is left; not where their pages exist already
    /// @throws ServingException OVERLOADED when one of them has too many; then nothing has changed
    public void take(long bytes, boolean limited) throws ServingException {
        int took = 0;
        try {
            for (FairShare share : shares) {
                share.take(counted, bytes, limited);
                took++;
            }
        } catch (ServingException refused) {
            shares.subList(0, took).forEach(share -> share.give(bytes));
            throw refused;
        }
        counted += bytes;
    }

    /// Gives all of it back.
    public void giveBack() {
        shares.forEach(share -> share.give(counted));
        counted = 0;
    }
}
