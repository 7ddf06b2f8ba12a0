package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.GatheredBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/// A compressed message: gathered as it comes, then decompressed piece by piece, so that nothing grows with what it
/// stands for. Must be closed.
final class Unpacking implements AutoCloseable {
    static final String GZIP = "gzip";

    /// In gRPC, this means zlib's format.
    static final String DEFLATE = "deflate";

    /// The most that [#next] gives; also how much work that is.
    static final int PIECE = 64 << 10;

    private final String coding;
    private final GatheredBytes packed;
    private byte[] piece = {};
    private @Nullable InputStream plain;

    /// @param coding one of those above
    Unpacking(String coding, BudgetShare heap) {
        this.coding = coding;
        this.packed = new GatheredBytes(heap);
    }

    void add(ByteBuffer bytes) throws ServingException {
        packed.add(bytes);
    }

    /// The next piece of the message, empty at its end; it holds until the next call. On any thread.
    ///
    /// @throws ServingException when what has come is not what its coding says
    ByteBuffer next() throws ServingException {
        try {
            InputStream from = plain;
            if (from == null) {
                InputStream bytes = new ByteArrayInputStream(packed.array(), 0, packed.length());
                from =
                        coding.equals(GZIP)
                                ? new GZIPInputStream(bytes)
                                : new InflaterInputStream(bytes);
                plain = from;
                piece = new byte[PIECE];
            }
            int count = from.readNBytes(piece, 0, piece.length);
            return ByteBuffer.wrap(piece, 0, count);
        } catch (IOException broken) {
            throw Failures.internal("the message cannot be read: " + broken.getMessage());
        }
    }

    @Override
    public void close() {
        packed.close();
        InputStream open = plain;
        plain = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // It reads from memory.
            }
        }
    }
}
