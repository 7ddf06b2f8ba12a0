package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Where everything lies in the two memories of a link. Each has exactly one writer.
///
/// ```text
/// IN, written by the server                       OUT, written by the worker
/// 0 ┌──────────────────────────────────────┐    0 ┌──────────────────────────────────────┐
///   │ magic 8 · version 4 · loops 4 ·      │      │ magic 8 · version 4 · (4) ·          │
///   │ size of IN 8 · size of OUT 8         │      │ at 64: heartbeat 8                   │
///4K ├──────────────────────────────────────┤   4K ├──────────────────────────────────────┤
///   │ 32 loops × 128: sleep word 4         │      │ 1024 lanes × 64: sleep word 4        │
///8K ├──────────────────────────────────────┤      │                                      │
///   │ 1024 slots × 4: released generation  │      │                                      │
/// 16K├─────────────────────────────────────┤  128K├──────────────────────────────────────┤
///   │ 1024 lanes × 64: bell word 4 (futex) │      │ 32 loops × 2048 completions × 16:    │
/// 128K├────────────────────────────────────┤      │   sequence 4 · slot 4 · generation 4 │
///   │ 1024 lanes × 64 requests × 32:       │      │   · frame length 4                   │
///   │   sequence 4 · slot 4 · generation 4 │      │                                      │
///   │   · frame length 4 · loops' mask 4   │      │                                      │
/// 4M├──────────────────────────────────────┤   4M ├──────────────────────────────────────┤
///   │ 1024 slots × 16K: RequestFrame       │      │ 1024 slots × 16K: ResultFrame        │
/// 20M├─────────────────────────────────────┤  20M ├──────────────────────────────────────┤
///   │ blocks: inputs' bytes                │      │ blocks: outputs' bytes               │
///   └──────────────────────────────────────┘      └──────────────────────────────────────┘
/// ```
///
/// A *lane* leads to one model instance, a *loop* is an event loop of the server, a *slot* is an
/// execution in flight. An entry of a ring is valid once its sequence, written last with release
/// semantics, is the position's number plus one. A sleep word is odd while its owner sleeps and grows
/// by two from sleep to sleep, so that whoever wakes it can remember that it has rung for this one.
///
/// IN can have further segments, memories of their own with nothing but blocks, which come and go by
/// [ControlMessage]. OUT has none: the worker can give back the pages of free blocks, which the owner of a
/// memory cannot that nobody else may write.
///
/// Numbers are little-endian. A change of anything here changes [#VERSION].
public final class LinkLayout {
    /// The first eight bytes of both memories, "ESPALIER" as ASCII.
    public static final long MAGIC = 0x5245494C41505345L;

    public static final int VERSION = 3;

    public static final int MAX_LOOPS = 32;
    public static final int MAX_LANES = 1024;
    public static final int SLOTS = 1024;

    /// Segments of blocks that IN can have, the one behind its control words included.
    public static final int MAX_SEGMENTS = 1024;

    private static final int OFFSET_BITS = 40;

    /// Requests that a lane holds; the server never publishes more than half of them unanswered.
    public static final int LANE_CAPACITY = 64;

    /// Twice the slots: a ring of completions cannot overflow.
    public static final int RING_CAPACITY = 2 * SLOTS;

    /// Bytes of a slot's frame, in IN and in OUT.
    public static final int FRAME_SIZE = 16 << 10;

    /// Where blocks begin, in IN and in OUT.
    public static final long BLOCKS = 20L << 20;

    static final VarHandle INT = JAVA_INT.varHandle();
    static final VarHandle LONG = JAVA_LONG.varHandle();

    private static final long VERSION_OFFSET = 8;
    private static final long LOOPS_OFFSET = 12;
    private static final long IN_SIZE_OFFSET = 16;
    private static final long OUT_SIZE_OFFSET = 24;
    private static final long HEARTBEAT_OFFSET = 64;
    private static final long FRAMES = 4L << 20;

    private LinkLayout() {}

    /// The address of a byte of IN: its segment, and its offset in there.
    public static long address(int segment, long offset) {
        return (long) segment << OFFSET_BITS | offset;
    }

    /// The segment of an address in IN.
    public static int segment(long address) {
        return (int) (address >>> OFFSET_BITS);
    }

    /// The offset, within its segment, of an address in IN.
    public static long offset(long address) {
        return address & (1L << OFFSET_BITS) - 1;
    }

    static long loopSleep(int loop) {
        return (4 << 10) + loop * 128L;
    }

    static long released(int slot) {
        return (8 << 10) + slot * 4L;
    }

    static long bell(int lane) {
        return (16 << 10) + lane * 64L;
    }

    static long request(int lane, int sequence) {
        return (128 << 10)
                + (long) lane * LANE_CAPACITY * 32
                + (sequence & LANE_CAPACITY - 1) * 32L;
    }

    static long laneSleep(int lane) {
        return (4 << 10) + lane * 64L;
    }

    static long completion(int loop, int sequence) {
        return (128 << 10)
                + (long) loop * RING_CAPACITY * 16
                + (sequence & RING_CAPACITY - 1) * 16L;
    }

    /// Where the frame of a slot lies, in IN and in OUT.
    public static long frame(int slot) {
        return FRAMES + (long) slot * FRAME_SIZE;
    }

    /// Writes the head of IN.
    public static void writeInHeader(MemorySegment in, int loops, long outSize) {
        in.set(JAVA_INT, VERSION_OFFSET, VERSION);
        in.set(JAVA_INT, LOOPS_OFFSET, loops);
        in.set(JAVA_LONG, IN_SIZE_OFFSET, in.byteSize());
        in.set(JAVA_LONG, OUT_SIZE_OFFSET, outSize);
        LONG.setRelease(in, 0L, MAGIC);
    }

    /// Writes the head of OUT.
    public static void writeOutHeader(MemorySegment out) {
        out.set(JAVA_INT, VERSION_OFFSET, VERSION);
        LONG.setRelease(out, 0L, MAGIC);
    }

    /// Checks the head of a memory that the peer wrote.
    ///
    /// @throws LinkException when the peer is of another version, or no peer at all
    public static void checkHeader(String name, MemorySegment memory) throws LinkException {
        long magic = (long) LONG.getAcquire(memory, 0L);
        if (magic != MAGIC) {
            throw new LinkException(
                    "%s begins with %016x (expected: %016x): not the memory of a link"
                            .formatted(name, magic, MAGIC));
        }
        int version = memory.get(JAVA_INT, VERSION_OFFSET);
        if (version != VERSION) {
            throw new LinkException(
                    "%s has layout version %d (expected: %d): server and worker are of different builds"
                            .formatted(name, version, VERSION));
        }
    }

    /// The number of event loops that wait for completions.
    public static int loops(MemorySegment in) throws LinkException {
        int loops = in.get(JAVA_INT, LOOPS_OFFSET);
        if (loops < 1 || loops > MAX_LOOPS) {
            throw new LinkException("loops: " + loops + " (expected: 1.." + MAX_LOOPS + ")");
        }
        return loops;
    }

    /// Says that the worker lives.
    public static void beat(MemorySegment out) {
        LONG.setRelease(out, HEARTBEAT_OFFSET, out.get(JAVA_LONG, HEARTBEAT_OFFSET) + 1);
    }

    /// How often the worker has said that it lives.
    public static long heartbeat(MemorySegment out) {
        return (long) LONG.getAcquire(out, HEARTBEAT_OFFSET);
    }
}
