package dev.espalier.link;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The life-line between server and worker: a Unix socket that carries frames with handles, and whose
/// end tells either side that the other is gone.
///
/// One thread reads; [#send] may be called by several.
public sealed interface ControlSocket extends AutoCloseable
        permits LinuxControlSocket, PortableControlSocket {
    /// The most bytes that a frame may have.
    int MAX_FRAME = 16 << 20;

    /// The most bytes of a frame from a worker, which may have anything in it.
    int MAX_FRAME_FROM_WORKER = 1 << 20;

    /// A frame and what came with it.
    record Frame(byte[] bytes, List<Handle> handles) {}

    /// Where the server waits for one worker.
    sealed interface Listener extends AutoCloseable
            permits LinuxControlSocket.Listener, PortableControlSocket.Listener {
        /// What the worker needs to connect.
        String address();

        /// Waits so long for a connection that the process `pid` has made; others are turned away where the
        /// system tells who they are.
        ///
        /// @return the connection, or null when the time is over
        @Nullable ControlSocket accept(long pid, long millis) throws LinkException;

        @Override
        void close();
    }

    /// Sends a frame, with handles that the peer can attach to. Only the server has any to send.
    ///
    /// @throws LinkException when the peer is gone, or a worker does not read
    void send(byte[] frame, List<Handle> handles) throws LinkException;

    /// Sends a frame by itself.
    default void send(byte[] frame) throws LinkException {
        send(frame, List.of());
    }

    /// Waits for the next frame.
    ///
    /// @throws EOFException when the peer is gone
    Frame receive() throws IOException;

    /// The server's doorbells for the worker at the other end.
    ///
    /// @param wakeLoop is given the loop that the worker rings, where the loop does not hear that itself
    Doorbells serverDoorbells(SharedRegion in, IntConsumer wakeLoop);

    /// The worker's doorbells.
    ///
    /// @param handles those of the loops' doorbells, which came with the server's first frame
    Doorbells workerDoorbells(SharedRegion in, int loops, List<Handle> handles)
            throws LinkException;

    /// Whether the descriptor is still that of this connection, as far as the system tells. Somebody else's code in this
    /// process may have closed it, which neither side notices while a thread waits in [#receive].
    boolean isOpen();

    /// Ends the connection: a thread that waits in [#receive] gets an end of file.
    void shutdown();

    @Override
    void close();
}
