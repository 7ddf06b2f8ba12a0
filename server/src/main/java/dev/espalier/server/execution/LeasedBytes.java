package dev.espalier.server.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.memory.ByteBudget;

/// What one worker's OUT takes up in the budget of all: the answers that somebody reads, and the pages that are kept
/// for the next ones. It is never more than OUT has, whatever the worker says of its answers and pages.
///
/// Safe for use by several threads. The budget is told outside of the lock, since whoever counts too much has all
/// workers give back what they keep.
final class LeasedBytes {
    private final ByteBudget budget;
    private final long most;

    /// Of all answers together, as far as the worker is to be believed.
    @GuardedBy("this")
    private long leased;

    @GuardedBy("this")
    private long kept;

    /// Whether the pages are the worker's no longer, so that nobody can give some of them back.
    @GuardedBy("this")
    private boolean settled;

    /// @param most what OUT has
    LeasedBytes(ByteBudget budget, long most) {
        this.budget = budget;
        this.most = most;
    }

    /// An answer takes up so many bytes until [#give].
    void take(long bytes) {
        long more;
        synchronized (this) {
            long before = counted();
            leased += bytes;
            more = counted() - before;
        }
        budget.count(more);
    }

    void give(long bytes) {
        long less;
        synchronized (this) {
            long before = counted();
            leased -= bytes;
            less = before - counted();
        }
        budget.give(less);
    }

    /// What is counted now.
    synchronized long bytes() {
        return counted() + kept;
    }

    @GuardedBy("this")
    private long counted() {
        return Math.min(leased, most);
    }

    /// So many bytes of OUT have pages, as the worker says; what is not leased of them is kept for later. No worker
    /// keeps more than it leaves to all others.
    ///
    /// @return whether it may keep them all
    boolean report(long pages) {
        long more;
        boolean all;
        synchronized (this) {
            if (settled) {
                return true;
            }
            long wanted = Math.max(0, Math.min(pages, most) - counted());
            long room = kept + Math.max(0, budget.limit() - budget.used());
            long now = Math.min(wanted, Math.min(room, Math.max(0, budget.left()) / 2));
            all = now == wanted;
            more = now - kept;
            kept = now;
        }
        budget.kept(more);
        budget.count(more);
        return all;
    }

    /// Nothing is kept any more, or will not be in a moment.
    ///
    /// @return whether anything was
    boolean forgo() {
        long less;
        synchronized (this) {
            if (settled) {
                return false;
            }
            less = kept;
            kept = 0;
        }
        budget.wanted(less);
        budget.give(less);
        return less > 0;
    }

    /// The worker is gone: its pages stay until the memory goes with the last answer, and then go with it.
    void settle() {
        long stay;
        synchronized (this) {
            if (settled) {
                return;
            }
            settled = true;
            stay = kept;
        }
        budget.wanted(stay);
    }

    /// The memory is gone.
    void close() {
        long all;
        synchronized (this) {
            all = kept;
            kept = 0;
        }
        budget.give(all);
    }
}
