package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Compresses one response body, into pieces that count in the budget of the heap. Must be closed.
final class BodyDeflater implements AutoCloseable {
    /// Also the longest body that does not count.
    private static final int PIECE = 64 << 10;

    private static final int FIRST = 4 << 10;

    /// A file without name, of no known time, from no known system.
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int GZIP_TRAILER = 8;

    private final Deflater deflater;
    private final boolean gzip;
    private final BudgetShare heap;
    private final CRC32 crc = new CRC32();
    private final List<AnswerPiece> pieces = new ArrayList<>(1);
    private byte[] bytes = new byte[FIRST];
    private int length;
    private long counted;

    BodyDeflater(ContentCoding coding, BudgetShare heap) {
        this.heap = heap;
        gzip = coding == ContentCoding.GZIP;
        deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, gzip);
        if (gzip) {
            System.arraycopy(GZIP_HEADER, 0, bytes, 0, GZIP_HEADER.length);
            length = GZIP_HEADER.length;
        }
    }

    /// Compresses some more bytes, and leaves the buffer's position as it is.
    ///
    /// @throws ServingException OVERLOADED when there is no room for what comes of them
    void add(ByteBuffer added) throws ServingException {
        if (gzip) {
            crc.update(added.duplicate());
        }
        deflater.setInput(added.duplicate());
        while (!deflater.needsInput()) {
            step();
        }
    }

    private void step() throws ServingException {
        if (length == bytes.length) {
            nextPiece();
        }
        length += deflater.deflate(bytes, length, bytes.length - length);
    }

    private void nextPiece() throws ServingException {
        heap.take(PIECE);
        pieces.add(new AnswerPiece(ByteBuffer.wrap(bytes, 0, length), counted));
        bytes = new byte[PIECE];
        length = 0;
        counted = PIECE;
    }

    /// The whole body, the caller's from now on, with what its pieces count.
    List<AnswerPiece> finish() throws ServingException {
        deflater.finish();
        while (!deflater.finished()) {
            step();
        }
        if (gzip) {
            if (bytes.length - length < GZIP_TRAILER) {
                nextPiece();
            }
            ByteBuffer.wrap(bytes, length, GZIP_TRAILER)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) crc.getValue())
                    .putInt((int) deflater.getBytesRead());
            length += GZIP_TRAILER;
        }
        pieces.add(new AnswerPiece(ByteBuffer.wrap(bytes, 0, length), counted));
        counted = 0;
        List<AnswerPiece> whole = List.copyOf(pieces);
        pieces.clear();
        return whole;
    }

    @Override
    public void close() {
        deflater.end();
        pieces.forEach(piece -> heap.give(piece.counted()));
        heap.give(counted);
    }
}
