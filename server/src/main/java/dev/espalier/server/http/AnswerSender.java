package dev.espalier.server.http;

import dev.espalier.server.memory.BudgetShare;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A long answer that goes to the socket piece by piece, as its client takes it: what waits for a slow client lies
/// where it was made, and never twice. Used by the connection's event loop only.
final class AnswerSender implements Sender {
    /// TLS makes a copy of what it is given.
    private static final int ENCRYPTED_AT_ONCE = 256 << 10;

    private final ChannelHandlerContext context;
    private final BudgetShare heap;
    private final Runnable released;
    private final Queue<AnswerPiece> pieces;
    private @Nullable ChannelFuture last;
    private boolean going;
    private boolean over;

    /// @param heap what the pieces count in
    /// @param released run once, when nothing of the answer is needed any more
    AnswerSender(
            ChannelHandlerContext context,
            BudgetShare heap,
            List<AnswerPiece> pieces,
            Runnable released) {
        this.context = context;
        this.heap = heap;
        this.pieces = new ArrayDeque<>(pieces);
        this.released = released;
    }

    /// The pieces that `tensor` is sent in.
    static void add(List<AnswerPiece> pieces, ByteBuffer tensor, boolean encrypted) {
        int most = encrypted ? ENCRYPTED_AT_ONCE : Integer.MAX_VALUE;
        for (int at = 0; at < tensor.remaining(); at += Math.min(most, tensor.remaining() - at)) {
            int size = Math.min(most, tensor.remaining() - at);
            pieces.add(new AnswerPiece(tensor.slice(tensor.position() + at, size), 0));
        }
    }

    @Override
    public boolean goOn() {
        if (going || over) {
            return false;
        }
        going = true;
        try {
            while (!pieces.isEmpty() && context.channel().isWritable()) {
                while (!pieces.isEmpty() && context.channel().isWritable()) {
                    write(pieces.remove());
                }
                context.flush();
            }
        } finally {
            going = false;
        }
        if (pieces.isEmpty()) {
            end();
        }
        return pieces.isEmpty();
    }

    private void write(AnswerPiece piece) {
        ChannelFuture written = context.write(Unpooled.wrappedBuffer(piece.bytes()));
        last = written;
        if (piece.counted() > 0) {
            var _ = written.addListener(_ -> heap.give(piece.counted()));
        }
    }

    @Override
    public boolean isWaiting() {
        return !over;
    }

    @Override
    public void drop() {
        pieces.forEach(piece -> heap.give(piece.counted()));
        pieces.clear();
        end();
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        ChannelFuture sent = last;
        if (sent == null) {
            released.run();
        } else {
            var _ = sent.addListener(_ -> released.run());
        }
    }
}
