package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A Unix socket with an abstract name (which begins with a zero byte), so that nothing is left in any file
/// system.
final class LinuxControlSocket implements ControlSocket {
    private static final long AF_UNIX = 1;
    private static final long SOCK_STREAM = 1;
    private static final long SOCK_CLOEXEC = 0x80000;
    private static final long F_SETFD = 2;
    private static final long FD_CLOEXEC = 1;
    private static final long SOL_SOCKET = 1;
    private static final long SO_PEERCRED = 17;
    private static final long SHUT_RDWR = 2;

    private final int descriptor;
    private final LinuxFrames frames;
    private final int peer;

    private LinuxControlSocket(int descriptor, LinuxFrames.End end) throws LinkException {
        this.descriptor = descriptor;
        this.frames = new LinuxFrames(descriptor, end);
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
            if (!LinuxFrames.readable(descriptor, millis)) {
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
            return new LinuxControlSocket(connection, LinuxFrames.End.SERVER);
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
        return new LinuxControlSocket(descriptor, LinuxFrames.End.WORKER);
    }

    /// The connection that this process has inherited as `descriptor`. Those that it starts do not.
    static LinuxControlSocket inherited(int descriptor) throws LinkException {
        long _ =
                LinuxCalls.checked(
                        "keep the control socket",
                        LinuxCalls.FCNTL,
                        descriptor,
                        F_SETFD,
                        FD_CLOEXEC);
        return new LinuxControlSocket(descriptor, LinuxFrames.End.WORKER);
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
        frames.send(frame, descriptors(handles));
    }

    @Override
    public Frame receive() throws IOException {
        LinuxFrames.Received received = frames.receive();
        return new Frame(
                received.bytes(),
                Arrays.stream(received.descriptors())
                        .<Handle>mapToObj(Handle.Descriptor::new)
                        .toList());
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
