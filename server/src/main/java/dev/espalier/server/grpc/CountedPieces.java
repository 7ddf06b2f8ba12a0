package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Bytes of an answer that are written to the heap, counted before they are there. They count until [#giveBack].
final class CountedPieces extends OutputStream {
    private static final int PIECE = 64 << 10;

    private final BudgetShare heap;
    private final List<AnswerPieces.Piece> full = new ArrayList<>(1);
    private byte[] bytes = {};
    private int length;
    private long counted;

    /// There is no room for what is being written.
    static final class Full extends IOException {
        private static final long serialVersionUID = 1L;

        private final ServingException refusal;

        Full(ServingException refusal) {
            super(refusal);
            this.refusal = refusal;
        }

        ServingException refusal() {
            return refusal;
        }
    }

    CountedPieces(BudgetShare heap) {
        this.heap = heap;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        int at = offset;
        while (at < offset + count) {
            if (length == bytes.length) {
                next();
            }
            int size = Math.min(offset + count - at, bytes.length - length);
            System.arraycopy(from, at, bytes, length, size);
            length += size;
            at += size;
        }
    }

    private void next() throws Full {
        try {
            heap.take(PIECE);
        } catch (ServingException refusal) {
            throw new Full(refusal);
        }
        counted += PIECE;
        end();
        bytes = new byte[PIECE];
        length = 0;
    }

    private void end() {
        if (length > 0) {
            full.add(
                    new AnswerPieces.Written(
                            length == bytes.length ? bytes : Arrays.copyOf(bytes, length)));
        }
    }

    /// What has been written; nothing can be written after this.
    List<AnswerPieces.Piece> pieces() {
        end();
        length = bytes.length;
        return List.copyOf(full);
    }

    /// Nobody needs the bytes any more.
    void giveBack() {
        heap.give(counted);
        counted = 0;
    }
}
