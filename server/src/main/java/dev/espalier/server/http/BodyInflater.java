package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Decompresses one request body, as it arrives, and never more at once than one piece, however much a few bytes
/// stand for. Must be closed.
final class BodyInflater implements AutoCloseable {
    /// The most that [#next] gives.
    static final int PIECE = 64 << 10;

    /// What a decompressor takes up outside of the heap.
    private static final int OWN = 48 << 10;

    private final BudgetShare heap;
    private final Inflater inflater;
    private final GzipFrame frame;
    private final byte[] piece = new byte[PIECE];
    private final CRC32 crc = new CRC32();
    private @Nullable ByteBuf content;
    private @Nullable ByteBuffer input;
    private boolean empty = true;
    private boolean closed;

    private BodyInflater(boolean gzip, BudgetShare heap) {
        this.heap = heap;
        inflater = new Inflater(gzip);
        frame = new GzipFrame(gzip);
    }

    /// @throws ServingException UNSUPPORTED for codings other than gzip and deflate; OVERLOADED when `heap` has no
    ///     room for it
    static BodyInflater of(String coding, BudgetShare heap) throws ServingException {
        boolean gzip = coding.equals("gzip");
        if (!gzip && !coding.equals("deflate")) {
            throw new ServingException(ErrorCode.UNSUPPORTED, "Unsupported compression type");
        }
        heap.take(PIECE + OWN);
        return new BodyInflater(gzip, heap);
    }

    /// Takes the next part of the body, which is read by [#next], and keeps it until then.
    ///
    /// @throws ServingException INVALID_ARGUMENT when it is broken
    void feed(ByteBuf next) throws ServingException {
        empty &= !next.isReadable();
        frame.readHeader(next);
        if (!frame.isHeaderRead()) {
            return;
        }
        if (!inflater.finished()) {
            ByteBuffer bytes = next.nioBuffer();
            inflater.setInput(bytes);
            input = bytes;
            content = next.retain();
        } else {
            frame.readTrailer(next, crc.getValue(), inflater.getBytesWritten());
        }
    }

    /// Whether [#next] may give more before the next part of the body is there.
    boolean hasInput() {
        return input != null;
    }

    /// How many bytes have been taken and not decompressed.
    int waiting() {
        return input == null ? 0 : input.remaining();
    }

    /// Decompresses the next piece, which holds until the next call. It takes up to a millisecond and may be called on
    /// any thread.
    ///
    /// @throws ServingException INVALID_ARGUMENT when it is broken
    ByteBuf next() throws ServingException {
        try {
            int count = inflater.inflate(piece);
            if (count == 0) {
                if (inflater.needsDictionary()) {
                    throw frame.broken("it needs a dictionary");
                }
                fed();
            }
            crc.update(piece, 0, count);
            return Unpooled.wrappedBuffer(piece, 0, count);
        } catch (DataFormatException failure) {
            throw frame.broken(failure.getMessage());
        }
    }

    /// What has been fed is used up, or followed by the trailer.
    private void fed() throws ServingException {
        ByteBuf used = content;
        ByteBuffer left = input;
        content = null;
        input = null;
        if (used == null || left == null) {
            return;
        }
        try {
            used.skipBytes(used.readableBytes() - left.remaining());
            if (inflater.finished()) {
                frame.readTrailer(used, crc.getValue(), inflater.getBytesWritten());
            }
        } finally {
            used.release();
        }
    }

    /// @throws ServingException INVALID_ARGUMENT when the body ended too early
    void checkComplete() throws ServingException {
        if (empty) {
            throw new ServingException(ErrorCode.INVALID_ARGUMENT, "nothing to be decompressed");
        }
        if (!inflater.finished() || !frame.isTrailerRead()) {
            throw frame.broken("it ends too early");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        inflater.end();
        heap.give(PIECE + OWN);
        ByteBuf unread = content;
        content = null;
        input = null;
        if (unread != null) {
            unread.release();
        }
    }
}
