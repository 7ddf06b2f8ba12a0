package dev.espalier.server.memory;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// How many bytes of one kind of memory the whole server may use. Whoever wants some asks before there is
/// anything to be put there, so that too much is refused and never runs out.
///
/// Safe for use by several threads.
public final class ByteBudget {
    private final String name;
    private final String advice;
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /// Of the used ones, those that are only kept for later.
    private final AtomicLong kept = new AtomicLong();

    private final List<Runnable> reserves = new CopyOnWriteArrayList<>();

    /// @param name what operators call this memory
    /// @param advice what to do when it is short, besides waiting
    /// @param limit in bytes
    public ByteBudget(String name, String advice, long limit) {
        this.name = name;
        this.advice = advice;
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    /// What to do when it is short, besides waiting.
    String advice() {
        return advice;
    }

    public long used() {
        return used.get();
    }

    /// Those of the used ones that are not only kept for later.
    public long inUse() {
        return used.get() - kept.get();
    }

    /// How many are left, counting those that would be given back when they were wanted.
    public long left() {
        return limit - inUse();
    }

    /// So many of the bytes that are taken are only kept for later now.
    public void kept(long bytes) {
        kept.addAndGet(bytes);
    }

    /// So many of them no longer are.
    public void wanted(long bytes) {
        kept.addAndGet(-bytes);
    }

    /// Takes so many bytes, if there are so many left. Where there are not, all who keep some for later
    /// are asked to give them back first.
    public boolean tryTake(long bytes) {
        if (takeIfLeft(bytes)) {
            return true;
        }
        reserves.forEach(Runnable::run);
        return takeIfLeft(bytes);
    }

    private boolean takeIfLeft(long bytes) {
        long now = used.get();
        while (bytes <= limit - now) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    /// Takes so many bytes for a part of a request.
    ///
    /// @throws ServingException OVERLOADED when there are not so many left; then nothing has changed
    public void take(long bytes) throws ServingException {
        if (!tryTake(bytes)) {
            throw refusal(bytes);
        }
    }

    /// What a client is told whose request finds no room.
    public ServingException refusal(long bytes) {
        return new ServingException(
                ErrorCode.OVERLOADED,
                "no room for %d bytes of a request: %d of %d bytes of %s are in use; try again later or %s"
                        .formatted(bytes, inUse(), limit, name, advice));
    }

    /// Counts bytes that exist already, even beyond the limit: later ones wait for them.
    public void count(long bytes) {
        if (used.addAndGet(bytes) > limit) {
            reserves.forEach(Runnable::run);
        }
    }

    /// Gives bytes back.
    public void give(long bytes) {
        used.addAndGet(-bytes);
    }

    /// Has `giveBack` run whenever bytes are short: it gives back, at once or not at all, what it keeps.
    public void addReserve(Runnable giveBack) {
        reserves.add(giveBack);
    }

    public void removeReserve(Runnable giveBack) {
        reserves.remove(giveBack);
    }
}
