package dev.espalier.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Compresses one response body. Must be closed.
final class BodyDeflater implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;

    /// A file without name, of no known time, from no known system.
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final Deflater deflater;
    private final boolean gzip;
    private final CRC32 crc = new CRC32();
    private final ByteBuf out;
    private boolean handedOut;

    BodyDeflater(ContentCoding coding, ByteBufAllocator allocator) {
        gzip = coding == ContentCoding.GZIP;
        deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, gzip);
        out = allocator.directBuffer(CHUNK);
        if (gzip) {
            out.writeBytes(GZIP_HEADER);
        }
    }

    /// Compresses some more bytes, and leaves the buffer's position as it is.
    void add(ByteBuffer bytes) {
        if (gzip) {
            crc.update(bytes.duplicate());
        }
        deflater.setInput(bytes.duplicate());
        while (!deflater.needsInput()) {
            step();
        }
    }

    private void step() {
        out.ensureWritable(CHUNK);
        ByteBuffer room = out.nioBuffer(out.writerIndex(), out.writableBytes());
        out.writerIndex(out.writerIndex() + deflater.deflate(room));
    }

    /// The whole body, the caller's from now on.
    ByteBuf finish() {
        deflater.finish();
        while (!deflater.finished()) {
            step();
        }
        if (gzip) {
            out.writeIntLE((int) crc.getValue()).writeIntLE((int) deflater.getBytesRead());
        }
        handedOut = true;
        return out;
    }

    @Override
    public void close() {
        deflater.end();
        if (!handedOut) {
            out.release();
        }
    }
}
