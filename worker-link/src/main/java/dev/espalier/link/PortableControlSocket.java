package dev.espalier.link;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A Unix socket of the JDK, bound to a file in a folder that nobody else can enter. Handles travel as the
/// names of files.
///
/// A frame is its length, the number of handles and each one's length and name, then its bytes. A
/// negative number instead of a length is a ring: the complement of the lane's or loop's number.
final class PortableControlSocket implements ControlSocket {
    private static final int MAX_HANDLES = 64;
    private static final int MAX_PATH = 4096;

    private final SocketChannel channel;
    private final int mostBytes;
    private final int mostHandles;
    private volatile IntConsumer ringing = number -> {};

    /// @param mostBytes that a frame from the peer may have
    /// @param mostHandles that may come with it
    private PortableControlSocket(SocketChannel channel, int mostBytes, int mostHandles) {
        this.channel = channel;
        this.mostBytes = mostBytes;
        this.mostHandles = mostHandles;
    }

    /// Where the server waits for one worker. Only who may enter the folder can connect.
    static final class Listener implements ControlSocket.Listener {
        private final Path file;
        private final ServerSocketChannel channel;
        private final Selector selector;

        /// Listens at the file `file`, which must not exist.
        Listener(Path file) throws LinkException {
            this.file = file;
            try {
                channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                channel.bind(UnixDomainSocketAddress.of(file), 1);
                channel.configureBlocking(false);
                selector = Selector.open();
                SelectionKey _ = channel.register(selector, SelectionKey.OP_ACCEPT);
            } catch (IOException failure) {
                throw new LinkException("listen at " + file, failure);
            }
        }

        @Override
        public String address() {
            return file.toString();
        }

        @Override
        public @Nullable ControlSocket accept(long pid, long millis) throws LinkException {
            try {
                int _ = selector.select(millis);
                selector.selectedKeys().clear();
                SocketChannel connection = channel.accept();
                return connection == null
                        ? null
                        : new PortableControlSocket(connection, MAX_FRAME_FROM_WORKER, 0);
            } catch (IOException failure) {
                throw new LinkException("accept at " + file, failure);
            }
        }

        @Override
        public void close() {
            try {
                selector.close();
                channel.close();
                Files.deleteIfExists(file);
            } catch (IOException _) {
                // The folder goes as a whole.
            }
        }
    }

    /// Connects to the server that listens at `file`.
    static PortableControlSocket connect(Path file) throws LinkException {
        try {
            return new PortableControlSocket(
                    SocketChannel.open(UnixDomainSocketAddress.of(file)), MAX_FRAME, MAX_HANDLES);
        } catch (IOException failure) {
            throw new LinkException("connect to the control socket " + file, failure);
        }
    }

    @Override
    public Doorbells serverDoorbells(SharedRegion in, IntConsumer wakeLoop) {
        ringing = wakeLoop;
        return new ControlDoorbells(this);
    }

    @Override
    public Doorbells workerDoorbells(SharedRegion in, int loops, List<Handle> handles)
            throws LinkException {
        if (!handles.isEmpty()) {
            throw new LinkException(
                    "handles of doorbells: %d (expected: none)".formatted(handles.size()));
        }
        ControlDoorbells doorbells = new ControlDoorbells(this);
        ringing = doorbells::wakeLane;
        return doorbells;
    }

    /// Rings a lane or loop at the other end. One that is gone does not hear it.
    void ring(int number) {
        try {
            write(ByteBuffer.allocate(4).putInt(~number).flip());
        } catch (IOException _) {
            // The thread that reads learns it too.
        }
    }

    private synchronized void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int _ = channel.write(bytes);
        }
    }

    @Override
    public void send(byte[] frame, List<Handle> handles) throws LinkException {
        List<byte[]> names = new ArrayList<>();
        int length = 8 + frame.length;
        for (Handle handle : handles) {
            if (!(handle instanceof Handle.File(Path path))) {
                throw new LinkException("handle: " + handle + " (expected: a file)");
            }
            byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
            names.add(name);
            length += 4 + name.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        bytes.putInt(frame.length).putInt(names.size());
        names.forEach(name -> bytes.putInt(name.length).put(name));
        try {
            write(bytes.put(frame).flip());
        } catch (IOException failure) {
            throw new LinkException("send to the peer", failure);
        }
    }

    @Override
    public Frame receive() throws IOException {
        int length = number();
        while (length < 0) {
            ringing.accept(~length);
            length = number();
        }
        check("control frame's length", length, mostBytes);
        int count = number();
        check("control frame's handles", count, mostHandles);
        List<Handle> handles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int nameLength = number();
            check("length of a file's name", nameLength, MAX_PATH);
            String name = new String(bytes(nameLength), StandardCharsets.UTF_8);
            handles.add(new Handle.File(Path.of(name)));
        }
        return new Frame(bytes(length), handles);
    }

    private static void check(String what, int number, int most) throws LinkException {
        if (number < 0 || number > most) {
            throw new LinkException("%s: %d (expected: 0..%d)".formatted(what, number, most));
        }
    }

    private int number() throws IOException {
        return ByteBuffer.wrap(bytes(4)).getInt();
    }

    private byte[] bytes(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the peer is gone");
            }
        }
        return bytes.array();
    }

    /// The JDK asks the kernel about an option, and about little else.
    @Override
    public boolean isOpen() {
        try {
            return channel.getOption(StandardSocketOptions.SO_SNDBUF) > 0;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void shutdown() {
        try {
            channel.shutdownOutput().shutdownInput();
        } catch (IOException _) {
            // The peer was faster.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }
}
