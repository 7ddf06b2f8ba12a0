package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A Unix socket with an abstract name (which begins with a zero byte), so that nothing is left in any file
/// system. Descriptors travel with a frame's first byte (`SCM_RIGHTS`).
final class LinuxControlSocket implements ControlSocket {
    private static final long AF_UNIX = 1;
    private static final long SOCK_STREAM = 1;
    private static final long SOCK_CLOEXEC = 0x80000;
    private static final long SOL_SOCKET = 1;
    private static final long SO_PEERCRED = 17;
    private static final int SCM_RIGHTS = 1;
    private static final long MSG_NOSIGNAL = 0x4000;
    private static final long MSG_CMSG_CLOEXEC = 0x40000000;
    private static final long SHUT_RDWR = 2;
    private static final short POLLIN = 1;
    private static final int MAX_DESCRIPTORS = 64;
    private static final int CMSG_HEAD = 16;

    private final int descriptor;
    private final int peer;

    private LinuxControlSocket(int descriptor) throws LinkException {
        this.descriptor = descriptor;
        this.peer = peer(descriptor);
    }

    /// Where the server waits for one worker.
    static final class Listener implements ControlSocket.Listener {
        private final String name;
        private final int descriptor;

        /// Listens under the abstract name `name`.
        Listener(String name) throws LinkException {
            this.name = name;
            descriptor = socket();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment address = socketAddress(arena, name);
                long _ =
                        LinuxCalls.checked(
                                "bind the control socket " + name,
                                LinuxCalls.BIND,
                                descriptor,
                                address.address(),
                                address.byteSize());
                long _ = LinuxCalls.checked("listen", LinuxCalls.LISTEN, descriptor, 1);
            }
        }

        @Override
        public String address() {
            return name;
        }

        @Override
        public @Nullable ControlSocket accept(long pid, long millis) throws LinkException {
            if (!readable(descriptor, millis)) {
                return null;
            }
            int connection =
                    (int)
                            LinuxCalls.checked(
                                    "accept", LinuxCalls.ACCEPT4, descriptor, 0, 0, SOCK_CLOEXEC);
            if (peer(connection) != pid) {
                LinuxCalls.close(connection);
                return null;
            }
            return new LinuxControlSocket(connection);
        }

        @Override
        public void close() {
            LinuxCalls.close(descriptor);
        }
    }

    /// Connects to the server that listens under `name`.
    static LinuxControlSocket connect(String name) throws LinkException {
        int descriptor = socket();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = socketAddress(arena, name);
            long _ =
                    LinuxCalls.checked(
                            "connect to the control socket " + name,
                            LinuxCalls.CONNECT,
                            descriptor,
                            address.address(),
                            address.byteSize());
        }
        return new LinuxControlSocket(descriptor);
    }

    private static int socket() throws LinkException {
        return (int)
                LinuxCalls.checked(
                        "create a Unix socket",
                        LinuxCalls.SOCKET,
                        AF_UNIX,
                        SOCK_STREAM | SOCK_CLOEXEC,
                        0);
    }

    private static MemorySegment socketAddress(Arena arena, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment address = arena.allocate(3L + bytes.length, 8);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, 3, bytes.length);
        return address;
    }

    private static boolean readable(int descriptor, long millis) throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 8);
            poll.set(JAVA_INT, 0, descriptor);
            poll.set(JAVA_SHORT, 4, POLLIN);
            MemorySegment time = arena.allocate(16, 8);
            time.set(JAVA_LONG, 0, millis / 1000);
            time.set(JAVA_LONG, 8, millis % 1000 * 1_000_000);
            return LinuxCalls.checked(
                            "poll", LinuxCalls.PPOLL, poll.address(), 1, time.address(), 0, 0)
                    > 0;
        }
    }

    private static int peer(int connection) throws LinkException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(12, 8);
            MemorySegment length = arena.allocate(8, 8);
            length.set(JAVA_INT, 0, 12);
            long _ =
                    LinuxCalls.checked(
                            "ask who connected",
                            LinuxCalls.GETSOCKOPT,
                            connection,
                            SOL_SOCKET,
                            SO_PEERCRED,
                            credentials.address(),
                            length.address());
            return credentials.get(JAVA_INT, 0);
        }
    }

    @Override
    public Doorbells serverDoorbells(SharedRegion in, IntConsumer wakeLoop) {
        return new KernelDoorbells(in, new int[0]);
    }

    @Override
    public Doorbells workerDoorbells(SharedRegion in, int loops, List<Handle> eventfds)
            throws LinkException {
        if (eventfds.size() != loops) {
            throw new LinkException(
                    "doorbells: %d (expected: one a loop, %d)".formatted(eventfds.size(), loops));
        }
        return new KernelDoorbells(in, descriptors(eventfds));
    }

    private static int[] descriptors(List<Handle> handles) throws LinkException {
        int[] descriptors = new int[handles.size()];
        for (int i = 0; i < descriptors.length; i++) {
            if (!(handles.get(i) instanceof Handle.Descriptor(int number))) {
                throw new LinkException("handle: " + handles.get(i) + " (expected: a descriptor)");
            }
            descriptors[i] = number;
        }
        return descriptors;
    }

    @Override
    public synchronized void send(byte[] frame, List<Handle> handles) throws LinkException {
        int[] descriptors = descriptors(handles);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(4L + frame.length, 8);
            bytes.set(JAVA_INT, 0, frame.length);
            MemorySegment.copy(frame, 0, bytes, JAVA_BYTE, 4, frame.length);
            long sent = 0;
            while (sent < bytes.byteSize()) {
                MemorySegment message =
                        message(
                                arena,
                                bytes.asSlice(sent),
                                sent == 0 ? rights(arena, descriptors) : MemorySegment.NULL);
                sent +=
                        LinuxCalls.checked(
                                "send to the peer",
                                LinuxCalls.SENDMSG,
                                descriptor,
                                message.address(),
                                MSG_NOSIGNAL);
            }
        }
    }

    /// `struct msghdr` over one `struct iovec`.
    private static MemorySegment message(Arena arena, MemorySegment bytes, MemorySegment control) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(JAVA_LONG, 0, bytes.address());
        vector.set(JAVA_LONG, 8, bytes.byteSize());
        MemorySegment message = arena.allocate(56, 8);
        message.set(JAVA_LONG, 16, vector.address());
        message.set(JAVA_LONG, 24, 1);
        message.set(JAVA_LONG, 32, control.address());
        message.set(JAVA_LONG, 40, control.byteSize());
        return message;
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

    @Override
    public Frame receive() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment head = arena.allocate(8, 8);
            int[] descriptors = fill(arena, head.asSlice(0, 4), true);
            int length = head.get(JAVA_INT, 0);
            if (length < 0 || length > MAX_FRAME) {
                throw new LinkException(
                        "control frame's length: " + length + " (expected: 0.." + MAX_FRAME + ")");
            }
            MemorySegment bytes = arena.allocate(Math.max(1, length), 8);
            int[] _ = fill(arena, bytes.asSlice(0, length), false);
            return new Frame(
                    bytes.asSlice(0, length).toArray(JAVA_BYTE),
                    Arrays.stream(descriptors).<Handle>mapToObj(Handle.Descriptor::new).toList());
        }
    }

    private int[] fill(Arena arena, MemorySegment target, boolean withRights) throws IOException {
        int[] descriptors = {};
        long filled = 0;
        while (filled < target.byteSize()) {
            MemorySegment control =
                    withRights
                            ? arena.allocate(CMSG_HEAD + 4L * MAX_DESCRIPTORS, 8)
                            : MemorySegment.NULL;
            MemorySegment message = message(arena, target.asSlice(filled), control);
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
            if (withRights && message.get(JAVA_LONG, 40) >= CMSG_HEAD) {
                int count = (int) (control.get(JAVA_LONG, 0) - CMSG_HEAD) / 4;
                descriptors =
                        Arrays.copyOf(
                                control.asSlice(CMSG_HEAD, 4L * count).toArray(JAVA_INT), count);
            }
            filled += received;
        }
        return descriptors;
    }

    @Override
    public boolean isOpen() {
        try {
            return peer(descriptor) == peer;
        } catch (LinkException _) {
            return false;
        }
    }

    @Override
    public void shutdown() {
        try {
            long _ =
                    LinuxCalls.checked(
                            "shut the control socket down",
                            LinuxCalls.SHUTDOWN,
                            descriptor,
                            SHUT_RDWR);
        } catch (LinkException _) {
            // The peer was faster.
        }
    }

    @Override
    public void close() {
        LinuxCalls.close(descriptor);
    }
}
