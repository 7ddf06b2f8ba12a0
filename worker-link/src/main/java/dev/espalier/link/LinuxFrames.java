package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Frames on a connected Unix socket: four bytes of length, then the frame. Descriptors travel with the
/// first byte (`SCM_RIGHTS`), from the server to the worker only: the server's end takes none, so whatever a
/// worker sends is refused by its kernel, or closed before it has a number here.
///
/// One thread receives; whoever sends holds a lock.
final class LinuxFrames {
    private static final long SOL_SOCKET = 1;
    private static final long SO_PASSRIGHTS = 83;
    private static final int SCM_RIGHTS = 1;
    private static final long MSG_NOSIGNAL = 0x4000;
    private static final long MSG_DONTWAIT = 0x40;
    private static final long MSG_CMSG_CLOEXEC = 0x40000000;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int MAX_DESCRIPTORS = 64;
    private static final int CMSG_HEAD = 16;
    private static final int PIECE = 64 << 10;

    /// How long a peer may leave the socket full.
    private static final long UNREAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Which end of the socket this is.
    enum End {
        SERVER,
        WORKER
    }

    private final int descriptor;
    private final End end;

    /// Where the next piece of a frame is received, and what describes it to the kernel: the same for all
    /// pieces, however small a peer cuts them.
    private final MemorySegment piece = Arena.ofAuto().allocate(PIECE, 8);

    private final MemorySegment rights =
            Arena.ofAuto().allocate(CMSG_HEAD + 4L * MAX_DESCRIPTORS, 8);
    private final MemorySegment vector = Arena.ofAuto().allocate(16, 8);
    private final MemorySegment message = Arena.ofAuto().allocate(56, 8);

    LinuxFrames(int descriptor, End end) {
        this.descriptor = descriptor;
        this.end = end;
        if (end == End.SERVER) {
            refuseDescriptors();
        }
    }

    /// Has the kernel turn descriptors away at the sender. One that does not know this closes them when they
    /// are received, there being no room for them.
    private void refuseDescriptors() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment off = arena.allocate(8, 8);
            long _ =
                    LinuxCalls.checked(
                            "refuse descriptors",
                            LinuxCalls.SETSOCKOPT,
                            descriptor,
                            SOL_SOCKET,
                            SO_PASSRIGHTS,
                            off.address(),
                            4);
        } catch (LinkException _) {
            // A kernel before 6.16.
        }
    }

    static boolean readable(int descriptor, long millis) throws LinkException {
        return poll(descriptor, POLLIN, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static boolean poll(int descriptor, short events, long nanos) throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 8);
            poll.set(JAVA_INT, 0, descriptor);
            poll.set(JAVA_SHORT, 4, events);
            MemorySegment time = arena.allocate(16, 8);
            time.set(JAVA_LONG, 0, nanos / 1_000_000_000L);
            time.set(JAVA_LONG, 8, nanos % 1_000_000_000L);
            return LinuxCalls.checked(
                            "poll", LinuxCalls.PPOLL, poll.address(), 1, time.address(), 0, 0)
                    > 0;
        }
    }

    // --- to the peer

    /// Sends a frame. A worker waits for its server as long as it takes; the server does not wait for a worker
    /// that does not read.
    void send(byte[] frame, int[] descriptors) throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(4L + frame.length, 8);
            bytes.set(JAVA_INT, 0, frame.length);
            MemorySegment.copy(frame, 0, bytes, JAVA_BYTE, 4, frame.length);
            MemorySegment control = rights(arena, descriptors);
            MemorySegment sentVector = arena.allocate(16, 8);
            MemorySegment sentMessage = arena.allocate(56, 8);
            long deadline = System.nanoTime() + UNREAD_NANOS;
            long sent = 0;
            while (sent < bytes.byteSize()) {
                describe(
                        sentMessage,
                        sentVector,
                        bytes.asSlice(sent),
                        sent == 0 ? control : MemorySegment.NULL);
                long now = send(sentMessage);
                if (now < 0) {
                    awaitRoom(deadline);
                } else {
                    sent += now;
                }
            }
        }
    }

    /// Sends at least a byte; -1 when there is no room now.
    private long send(MemorySegment sentMessage) throws LinkException {
        long flags = end == End.SERVER ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
        try {
            return LinuxCalls.checked(
                    "send to the peer",
                    LinuxCalls.SENDMSG,
                    descriptor,
                    sentMessage.address(),
                    flags);
        } catch (LinkException failure) {
            if (failure.errno() == Errno.EAGAIN) {
                return -1;
            }
            throw failure;
        }
    }

    private void awaitRoom(long deadline) throws LinkException {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !poll(descriptor, POLLOUT, left)) {
            throw new LinkException(
                    "did not read what it was told within %d ms"
                            .formatted(TimeUnit.NANOSECONDS.toMillis(UNREAD_NANOS)));
        }
    }

    /// Fills a `struct msghdr` over one `struct iovec`.
    private static void describe(
            MemorySegment target,
            MemorySegment targetVector,
            MemorySegment bytes,
            MemorySegment control) {
        targetVector.set(JAVA_LONG, 0, bytes.address());
        targetVector.set(JAVA_LONG, 8, bytes.byteSize());
        target.set(JAVA_LONG, 16, targetVector.address());
        target.set(JAVA_LONG, 24, 1);
        target.set(JAVA_LONG, 32, control.address());
        target.set(JAVA_LONG, 40, control.byteSize());
    }

    /// `struct cmsghdr` with descriptors.
    private static MemorySegment rights(Arena arena, int[] descriptors) {
        if (descriptors.length == 0) {
            return MemorySegment.NULL;
        }
        MemorySegment control = arena.allocate(CMSG_HEAD + (4L * descriptors.length + 7 & -8L), 8);
        control.set(JAVA_LONG, 0, CMSG_HEAD + 4L * descriptors.length);
        control.set(JAVA_INT, 8, (int) SOL_SOCKET);
        control.set(JAVA_INT, 12, SCM_RIGHTS);
        MemorySegment.copy(descriptors, 0, control, JAVA_INT, CMSG_HEAD, descriptors.length);
        return control;
    }

    // --- from the peer

    /// What a frame brought, in bytes and in descriptors.
    record Received(byte[] bytes, int[] descriptors) {}

    /// Waits for the next frame.
    Received receive() throws IOException {
        int[] descriptors = {};
        int filled = 0;
        while (filled < 4) {
            boolean first = filled == 0 && end == End.WORKER;
            filled += receive(filled, 4 - filled, first ? rights : MemorySegment.NULL);
            if (first) {
                descriptors = receivedRights();
            }
        }
        int length = piece.get(JAVA_INT, 0);
        int most =
                end == End.SERVER ? ControlSocket.MAX_FRAME_FROM_WORKER : ControlSocket.MAX_FRAME;
        if (length < 0 || length > most) {
            throw new LinkException(
                    "control frame's length: %d (expected: 0..%d)".formatted(length, most));
        }
        return new Received(body(length), descriptors);
    }

    /// The buffer grows with what is there, not with what is announced.
    private byte[] body(int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, PIECE)];
        int filled = 0;
        while (filled < length) {
            int received = receive(0, Math.min(PIECE, length - filled), MemorySegment.NULL);
            if (filled + received > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(length, 2 * bytes.length));
            }
            MemorySegment.copy(piece, JAVA_BYTE, 0, bytes, filled, received);
            filled += received;
        }
        return bytes;
    }

    private int receive(int offset, int count, MemorySegment control) throws IOException {
        describe(message, vector, piece.asSlice(offset, count), control);
        long received =
                LinuxCalls.checked(
                        "receive from the peer",
                        LinuxCalls.RECVMSG,
                        descriptor,
                        message.address(),
                        MSG_CMSG_CLOEXEC);
        if (received == 0) {
            throw new EOFException("the peer is gone");
        }
        return (int) received;
    }

    private int[] receivedRights() {
        if (message.get(JAVA_LONG, 40) < CMSG_HEAD) {
            return new int[0];
        }
        long count = (rights.get(JAVA_LONG, 0) - CMSG_HEAD) / 4;
        return rights.asSlice(CMSG_HEAD, 4 * count).toArray(JAVA_INT);
    }
}
