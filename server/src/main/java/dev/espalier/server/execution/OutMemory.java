package dev.espalier.server.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ReleaseRing;
import dev.espalier.link.SharedRegion;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The OUT memory of one worker, with the answers in it. It goes when the worker is gone and the last answer has
/// been read.
///
/// Safe for use by several threads.
final class OutMemory {
    private final InputMemory input;
    private final SharedRegion region;
    private final List<ReleaseRing> releases = new ArrayList<>();
    private final LeasedBytes leased;
    private final Runnable reserve = this::giveBack;
    private final Runnable whenGone;

    /// The worker, and every answer that somebody reads.
    @GuardedBy("this")
    private int holders = 1;

    /// Whether the worker is gone.
    @GuardedBy("this")
    private boolean isVoid;

    private volatile boolean behind;

    /// @param loops how many loops will read answers
    /// @param whenGone runs once, when nobody needs the memory any more and before it goes
    OutMemory(InputMemory input, int loops, Runnable whenGone) throws LinkException {
        this.input = input;
        this.whenGone = whenGone;
        region = input.links().createOut(LinkLayout.OUT_BLOCKS + input.budget().limit());
        leased = new LeasedBytes(input.budget(), region.size() - LinkLayout.OUT_BLOCKS);
        for (int loop = 0; loop < loops; loop++) {
            releases.add(new ReleaseRing(input.region(), region, loop));
        }
        input.hold();
        input.budget().addReserve(reserve);
    }

    SharedRegion region() {
        return region;
    }

    MemorySegment memory() {
        return region.memory();
    }

    // --- answers

    /// An answer takes up so many bytes from now on.
    void take(long bytes) {
        synchronized (this) {
            holders++;
        }
        leased.take(bytes);
    }

    /// An answer takes them up no longer.
    void give(long bytes) {
        leased.give(bytes);
        letGo();
    }

    /// Tells the worker that nobody reads an answer any more. What it had is void once the worker is gone.
    void release(int loop, int block, int lease) {
        if (!releases.get(loop).release(block, lease)) {
            behind = true;
        }
    }

    /// What is known of its pages: what is more is the worker's own, whatever it calls it.
    long countedBytes() {
        return LinkLayout.OUT_BLOCKS + leased.bytes();
    }

    /// Whether the worker takes no memory back, as no worker of ours does.
    boolean isBehind() {
        return behind;
    }

    // --- what a watch does

    /// Tells the worker what has waited, and counts what it keeps.
    void tend() {
        releases.forEach(ReleaseRing::flush);
        if (!leased.report(LinkLayout.pages(memory()))) {
            press();
        }
    }

    private void giveBack() {
        if (leased.forgo()) {
            press();
        }
    }

    /// Has the worker give back what it keeps for later: within a tenth of a second.
    private synchronized void press() {
        if (!isVoid) {
            LinkLayout.press(input.memory());
        }
    }

    // --- the end

    /// The worker is gone, or will be before another one begins: nothing is told to it any more.
    void end() {
        releases.forEach(ReleaseRing::close);
        input.budget().removeReserve(reserve);
        leased.settle();
        synchronized (this) {
            isVoid = true;
        }
    }

    /// Nobody looks at the memory any more for the worker's sake.
    void close() {
        letGo();
    }

    private void letGo() {
        synchronized (this) {
            holders--;
            if (holders != 0) {
                return;
            }
        }
        whenGone.run();
        leased.close();
        region.close();
        input.close();
    }
}
