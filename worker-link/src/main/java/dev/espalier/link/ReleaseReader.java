package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// The worker's end of a [ReleaseRing]. Not safe for use by several threads at once.
public final class ReleaseReader {
    private final MemorySegment in;
    private final MemorySegment out;
    private final int loop;
    private int sequence;
    private int block;
    private int lease;

    public ReleaseReader(SharedRegion in, SharedRegion out, int loop) {
        this.in = in.memory();
        this.out = out.memory();
        this.loop = loop;
    }

    /// Takes the next release, if there is one. Its place is free for another one then.
    public boolean poll() {
        long entry = LinkLayout.release(loop, sequence);
        if ((int) LinkLayout.INT.getAcquire(in, entry) != sequence + 1) {
            return false;
        }
        block = in.get(JAVA_INT, entry + 4);
        lease = in.get(JAVA_INT, entry + 8);
        sequence++;
        LinkLayout.INT.setRelease(out, LinkLayout.releasesTaken(loop), sequence);
        return true;
    }

    public int block() {
        return block;
    }

    public int lease() {
        return lease;
    }
}
