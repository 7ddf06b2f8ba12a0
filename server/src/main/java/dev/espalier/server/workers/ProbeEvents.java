package dev.espalier.server.workers;

import dev.espalier.link.LinkException;
import dev.espalier.link.ProbeEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The file to which a probe appends what it learns. The server makes it and keeps it open: what an op library puts
/// in its place, such as a link or a pipe, is never opened.
final class ProbeEvents implements AutoCloseable {
    /// An engine's own thousands of ops come to less.
    private static final int MOST_BYTES = 4 << 20;

    private final FileChannel file;
    private List<ProbeEvent> events = List.of();
    private long size;

    /// @param path where there is no file yet
    ProbeEvents(Path path) throws IOException {
        file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
    }

    /// What the probe has told so far.
    ///
    /// @throws LinkException when that is not what a probe tells
    List<ProbeEvent> soFar() throws IOException {
        long now = file.size();
        if (now > MOST_BYTES) {
            throw new LinkException(
                    "has written %d bytes of events (expected: %d at most)"
                            .formatted(now, MOST_BYTES));
        }
        if (now != size) {
            ByteBuffer bytes = ByteBuffer.allocate((int) now);
            while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {
                // Until all is there, or the file has become shorter meanwhile.
            }
            byte[] told = new byte[bytes.position()];
            bytes.flip().get(told);
            events = ProbeEvent.decoded(told);
            size = now;
        }
        return events;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
