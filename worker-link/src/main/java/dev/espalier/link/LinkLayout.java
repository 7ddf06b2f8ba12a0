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
///   │ size of IN 8 · size of OUT 8 ·       │      │ at 64: heartbeat 8                   │
///   │ unread answers 4 · (4) · bytes 8 ·   │      │ at 128: bytes of pages 8             │
///   │ at 64: pressure 4                    │      │                                      │
///4K ├──────────────────────────────────────┤   4K ├──────────────────────────────────────┤
///   │ 32 loops × 128: sleep word 4 ·       │      │ 1024 lanes × 64: sleep word 4        │
///   │   at 64: completions taken 4         │      │                                      │
/// 16K├─────────────────────────────────────┤   68K├──────────────────────────────────────┤
///   │ 1024 lanes × 64: bell word 4 (futex) │      │ 1024 slots × 64: started generation 4│
///   │                                      │  132K├──────────────────────────────────────┤
///   │                                      │      │ 32 loops × 64: releases taken 4      │
/// 128K├────────────────────────────────────┤  256K├──────────────────────────────────────┤
///   │ 1024 lanes × 64 requests × 32:       │      │ 32 loops × 2048 completions × 32:    │
///   │   sequence 4 · slot 4 · generation 4 │      │   sequence 4 · slot 4 · generation 4 │
///   │   · frame length 4 · loops' mask 4   │      │   · block 4 · lease 4 · frame length │
/// 2304K├───────────────────────────────────┤      │   4 · member 2 · words 2 · number 4  │
///   │ 32 loops × 2048 releases × 16:       │      │                                      │
///   │   sequence 4 · block 4 · lease 4     │      │                                      │
/// 3328K├───────────────────────────────────┤      │                                      │
///   │ 1024 slots × 128: cancelled:         │      │                                      │
///   │   generation 4 · (4) · bits 64       │      │                                      │
/// 4M├──────────────────────────────────────┤   4M ├──────────────────────────────────────┤
///   │ 1024 slots × 16K: RequestFrame       │      │ blocks: answers, each a ResultFrame  │
/// 20M├─────────────────────────────────────┤      │   and outputs' bytes                 │
///   │ blocks: inputs' bytes                │      │                                      │
///   └──────────────────────────────────────┘      └──────────────────────────────────────┘
/// ```
///
/// A *lane* leads to one model instance, a *loop* is an event loop of the server, a *slot* is an
/// execution in flight: it is free for the next as soon as the last completion of this one has been read. That is the
/// only one, for all its requests; or, where requests are answered each for itself, there is one more for each answer, one
/// with the last word of each request, and one by which the instance *returns*, in any order. An *answer* is what a
/// completion brings. It has a *lease* of its block, by a number that no other answer of
/// this worker has (until 2^32 more), and holds it until the server says in a release that nobody reads it any
/// more. Nothing but its bytes is held by a client that reads slowly. What a model says to another one that it *calls* is
/// an answer in this, too: it lies in OUT under a lease; what that one says comes in a block of IN, by a [ControlMessage].
///
/// An entry of a ring is valid once its sequence, written last with release
/// semantics, is the position's number plus one. A sleep word is odd while its owner sleeps and grows
/// by two from sleep to sleep, so that whoever wakes it can remember that it has rung for this one.
///
/// A loop's ring of completions has room for one of each slot at any time; only as far as more than that is free,
/// which *completions taken* tells, may other completions go in. How many answers and bytes of one request may
/// be *unread*, leased and not released, is a promise of the worker for requests that have more than one answer.
/// What is *cancelled* is the request's bit while the generation is its execution's.
///
/// A block of OUT is named by its offset in units of 256 bytes; 0 is none. *Pressure* grows by one whenever the
/// server wants the pages of free blocks back.
///
/// IN can have further segments, memories of their own with nothing but blocks, which come and go by
/// [ControlMessage]. OUT has none: the worker can give back the pages of free blocks, which the owner of a
/// memory cannot that nobody else may write.
///
/// Numbers are little-endian. A change of anything here changes [#VERSION].
public final class LinkLayout {
    /// The first eight bytes of both memories, "ESPALIER" as ASCII.
    public static final long MAGIC = 0x5245494C41505345L;

    public static final int VERSION = 5;

    public static final int MAX_LOOPS = 32;
    public static final int MAX_LANES = 1024;
    public static final int SLOTS = 1024;

    /// Segments of blocks that IN can have, the one behind its control words included.
    public static final int MAX_SEGMENTS = 1024;

    private static final int OFFSET_BITS = 40;

    /// The most requests of an execution.
    public static final int MAX_MEMBERS = 512;

    /// Requests that a lane holds; the server never publishes more than half of them unanswered.
    public static final int LANE_CAPACITY = 64;

    /// Twice the slots: half of a ring of completions is for those that come one a slot, and cannot overflow.
    public static final int RING_CAPACITY = 2 * SLOTS;

    /// Releases that a ring holds; what is more waits with the server.
    public static final int RELEASES_CAPACITY = 2048;

    /// The most bytes of a frame, of a request or a result.
    public static final int FRAME_SIZE = 16 << 10;

    /// Where blocks begin in IN.
    public static final long BLOCKS = 20L << 20;

    /// Where blocks begin in OUT.
    public static final long OUT_BLOCKS = 4L << 20;

    /// The least bytes of an answer's first block, so that small outputs lie in it too.
    public static final int LEAST_ANSWER = 1024;

    /// No block: of a completion without an answer, since there was no room for one.
    public static final int NO_BLOCK = 0;

    /// The member of an answer for all requests of its execution.
    public static final int ALL_MEMBERS = -1;

    static final VarHandle INT = JAVA_INT.varHandle();
    static final VarHandle LONG = JAVA_LONG.varHandle();

    private static final long VERSION_OFFSET = 8;
    private static final long LOOPS_OFFSET = 12;
    private static final long IN_SIZE_OFFSET = 16;
    private static final long OUT_SIZE_OFFSET = 24;
    private static final long UNREAD_ANSWERS_OFFSET = 32;
    private static final long UNREAD_BYTES_OFFSET = 40;
    private static final long PRESSURE_OFFSET = 64;
    private static final long HEARTBEAT_OFFSET = 64;
    private static final long PAGES_OFFSET = 128;
    private static final int BLOCK_BITS = 8;
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

    static long completionsTaken(int loop) {
        return loopSleep(loop) + 64;
    }

    static long cancelled(int slot) {
        return (3328 << 10) + slot * 128L;
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

    static long started(int slot) {
        return (68 << 10) + slot * 64L;
    }

    static long releasesTaken(int loop) {
        return (132 << 10) + loop * 64L;
    }

    static long completion(int loop, int sequence) {
        return (256 << 10)
                + (long) loop * RING_CAPACITY * 32
                + (sequence & RING_CAPACITY - 1) * 32L;
    }

    static long release(int loop, int sequence) {
        return (2304 << 10)
                + (long) loop * RELEASES_CAPACITY * 16
                + (sequence & RELEASES_CAPACITY - 1) * 16L;
    }

    /// The name of the block at an offset of OUT.
    public static int block(long offset) {
        return (int) (offset >>> BLOCK_BITS);
    }

    /// The offset in OUT of a block by its name.
    public static long blockOffset(int block) {
        return Integer.toUnsignedLong(block) << BLOCK_BITS;
    }

    /// Where the frame of a request lies in IN.
    public static long frame(int slot) {
        return FRAMES + (long) slot * FRAME_SIZE;
    }

    /// Writes the head of IN.
    ///
    /// @param unreadAnswers how many answers of a request may be unread
    /// @param unreadBytes from how many unread bytes on no answer of a request may follow
    public static void writeInHeader(
            MemorySegment in, int loops, long outSize, int unreadAnswers, long unreadBytes) {
        in.set(JAVA_INT, VERSION_OFFSET, VERSION);
        in.set(JAVA_INT, LOOPS_OFFSET, loops);
        in.set(JAVA_LONG, IN_SIZE_OFFSET, in.byteSize());
        in.set(JAVA_LONG, OUT_SIZE_OFFSET, outSize);
        in.set(JAVA_INT, UNREAD_ANSWERS_OFFSET, unreadAnswers);
        in.set(JAVA_LONG, UNREAD_BYTES_OFFSET, unreadBytes);
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

    /// How many answers of a request may be unread.
    public static int unreadAnswers(MemorySegment in) {
        return in.get(JAVA_INT, UNREAD_ANSWERS_OFFSET);
    }

    /// From how many unread bytes on no answer of a request may follow.
    public static long unreadBytes(MemorySegment in) {
        return in.get(JAVA_LONG, UNREAD_BYTES_OFFSET);
    }

    /// Says that the worker lives.
    public static void beat(MemorySegment out) {
        LONG.setRelease(out, HEARTBEAT_OFFSET, out.get(JAVA_LONG, HEARTBEAT_OFFSET) + 1);
    }

    /// How often the worker has said that it lives.
    public static long heartbeat(MemorySegment out) {
        return (long) LONG.getAcquire(out, HEARTBEAT_OFFSET);
    }

    /// Tells the worker that pages of free blocks are wanted elsewhere. By one thread at a time.
    public static void press(MemorySegment in) {
        INT.setRelease(in, PRESSURE_OFFSET, in.get(JAVA_INT, PRESSURE_OFFSET) + 1);
    }

    /// How often the server has wanted pages back.
    public static int pressure(MemorySegment in) {
        return (int) INT.getAcquire(in, PRESSURE_OFFSET);
    }

    /// Says how many bytes of OUT's blocks have pages.
    public static void putPages(MemorySegment out, long bytes) {
        LONG.setRelease(out, PAGES_OFFSET, bytes);
    }

    /// How many bytes of OUT's blocks have pages, as the worker says.
    public static long pages(MemorySegment out) {
        return (long) LONG.getAcquire(out, PAGES_OFFSET);
    }
}
