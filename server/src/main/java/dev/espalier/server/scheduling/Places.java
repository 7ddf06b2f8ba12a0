package dev.espalier.server.scheduling;

import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.FairShare;

/// Gives the requests of one model their places in memory, in the model's line.
final class Places {
    /// How many times what they leave to others the requests of a model may have of the memory: three quarters of it
    /// where no other model wants any.
    private static final int TIMES_OTHERS = 3;

    /// A request of no more bytes has its place from the start.
    private static final long SMALL = 64 << 10;

    private final InputMemory memory;
    private final Object lock;
    private final Line line;

    /// @param lock the scheduler's, which guards the line
    Places(String model, SchedulingPolicy policy, InputMemory memory, Object lock) {
        this.memory = memory;
        this.lock = lock;
        FairShare share =
                new FairShare(memory.budget(), "model '%s'".formatted(model), TIMES_OTHERS);
        line =
                policy.batching()
                        ? new BatchLine(memory, share, policy)
                        : new SingleLine(memory, share);
    }

    /// The requests that wait. Only under the lock.
    Line line() {
        return line;
    }

    /// Gives a small request a place that can be had at once. Under the lock.
    void placeSmall(Member member) {
        if (member.placement().byteSize() > SMALL || line.join(member)) {
            return;
        }
        Strip strip = line.stripFor(member);
        long block = memory.allocateNear(strip.size());
        if (block >= 0) {
            strip.layAt(block);
            line.add(strip, member);
        }
    }

    /// Gives a request a place, unless it has one. Not under the lock: a new segment is some system calls.
    ///
    /// @throws ServingException OVERLOADED when the memory is full
    void place(Member member) throws ServingException {
        if (member.strip != null) {
            return;
        }
        synchronized (lock) {
            if (line.join(member)) {
                return;
            }
        }
        Strip strip = line.stripFor(member);
        long block = memory.allocate(strip.size(), member.placement().byteSize());
        strip.layAt(block);
        synchronized (lock) {
            if (!line.join(member)) {
                line.add(strip, member);
                return;
            }
        }
        memory.free(block);
    }

    /// The request's place is free. Under the lock.
    void leave(Member member) {
        line.leave(member);
        MemberPages pages = member.pages;
        if (pages != null) {
            pages.close();
        }
    }
}
