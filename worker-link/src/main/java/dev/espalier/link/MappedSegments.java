package dev.espalier.link;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The segments of IN as the worker maps them.
///
/// The control socket and the lanes are two ways, so a lane's thread can read of a segment a moment
/// before the thread of the control socket has mapped it: then it waits for that.
///
/// Safe for use by several threads.
public final class MappedSegments {
    private static final long MAPPED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicReferenceArray<@Nullable SharedRegion> regions =
            new AtomicReferenceArray<>(LinkLayout.MAX_SEGMENTS);

    /// @param first the segment behind the control words
    public MappedSegments(SharedRegion first) {
        regions.set(0, first);
    }

    /// Maps a segment.
    public synchronized void add(int number, Handle handle, long size) throws LinkException {
        if (number < 1 || number >= LinkLayout.MAX_SEGMENTS || regions.get(number) != null) {
            throw new LinkException(
                    "segment %d of IN is added (expected: one of 1..%d that is not there)"
                            .formatted(number, LinkLayout.MAX_SEGMENTS - 1));
        }
        regions.set(number, handle.attachSegment(size));
        notifyAll();
    }

    /// Unmaps a segment, which nobody reads any more.
    public void drop(int number) throws LinkException {
        SharedRegion region =
                number < 1 || number >= LinkLayout.MAX_SEGMENTS
                        ? null
                        : regions.getAndSet(number, null);
        if (region == null) {
            throw new LinkException(
                    "segment %d of IN is dropped (expected: one of those added)".formatted(number));
        }
        region.close();
    }

    /// Where bytes of IN lie in this process.
    ///
    /// @param address as a [RequestFrame] gives it
    /// @throws LinkException when they do not lie in a segment
    public long locate(long address, long byteSize) throws LinkException {
        int number = LinkLayout.segment(address);
        SharedRegion region = number < LinkLayout.MAX_SEGMENTS ? regions.get(number) : null;
        if (region == null) {
            region = await(number);
        }
        long offset = LinkLayout.offset(address);
        if (byteSize < 0 || offset > region.size() - byteSize) {
            throw new LinkException(
                    "input of %d bytes at %d of segment %d lies outside of it (its size: %d)"
                            .formatted(byteSize, offset, number, region.size()));
        }
        return region.address() + offset;
    }

    private synchronized SharedRegion await(int number) throws LinkException {
        long deadline = System.nanoTime() + MAPPED_WITHIN_NANOS;
        while (number < LinkLayout.MAX_SEGMENTS) {
            SharedRegion region = regions.get(number);
            if (region != null) {
                return region;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                break;
            }
            try {
                wait(left);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new LinkException("segment " + number + " of IN has not been added");
    }
}
