package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Decompresses one request body, chunk by chunk as it arrives. Must be closed.
final class BodyInflater implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;

    private final Inflater inflater;
    private final GzipFrame frame;
    private final byte[] chunk = new byte[CHUNK];
    private final CRC32 crc = new CRC32();
    private boolean empty = true;
    private boolean closed;

    /// Takes decompressed bytes; what it does not read is dropped.
    interface Sink {
        void accept(ByteBuf bytes) throws ServingException;
    }

    private BodyInflater(boolean gzip) {
        inflater = new Inflater(gzip);
        frame = new GzipFrame(gzip);
    }

    /// @throws ServingException UNSUPPORTED for codings other than gzip and deflate
    static BodyInflater of(String coding) throws ServingException {
        return switch (coding) {
            case "gzip" -> new BodyInflater(true);
            case "deflate" -> new BodyInflater(false);
            default ->
                    throw new ServingException(
                            ErrorCode.UNSUPPORTED, "Unsupported compression type");
        };
    }

    /// Decompresses `content` into `sink`.
    ///
    /// @throws ServingException INVALID_ARGUMENT when it is broken, or what the sink throws
    void inflate(ByteBuf content, Sink sink) throws ServingException {
        empty &= !content.isReadable();
        frame.readHeader(content);
        if (!frame.isHeaderRead()) {
            return;
        }
        if (!inflater.finished()) {
            ByteBuffer input = content.nioBuffer();
            inflater.setInput(input);
            inflateAll(sink);
            content.skipBytes(content.readableBytes() - input.remaining());
        }
        if (inflater.finished()) {
            frame.readTrailer(content, crc.getValue(), inflater.getBytesWritten());
        }
    }

    private void inflateAll(Sink sink) throws ServingException {
        try {
            int count = inflater.inflate(chunk);
            while (count > 0) {
                crc.update(chunk, 0, count);
                sink.accept(Unpooled.wrappedBuffer(chunk, 0, count));
                count = inflater.inflate(chunk);
            }
        } catch (DataFormatException failure) {
            throw frame.broken(failure.getMessage());
        }
        if (inflater.needsDictionary()) {
            throw frame.broken("it needs a dictionary");
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
        if (!closed) {
            closed = true;
            inflater.end();
        }
    }
}
