package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.Queue;

/// The messages of one stream, one after another, as HTTP/2's frames bring them.
///
/// While the stream takes no further message, what its client sends on is kept here, and counted. It stays out of the
/// stream's window, so that the client stops; the connection's gets it back at once, because other calls live on that.
final class StreamArrivals {
    /// A byte that says whether the message is compressed, and its length.
    private static final int PREFIX = 5;

    /// How much of what has been kept is taken before other calls have their turn.
    private static final int AT_ONCE = 1 << 20;

    /// What a piece takes up besides its bytes.
    private static final int OBJECT = 128;

    private final StreamCall call;
    private final GrpcConnection connection;
    private final Http2Connection streams;
    private final Http2Stream stream;
    private final Http2LocalFlowController window;
    private final ChannelHandlerContext context;

    private final ByteBuf prefix = Unpooled.buffer(PREFIX, PREFIX);
    private final Queue<ByteBuf> kept = new ArrayDeque<>();
    private int keptBytes;
    private int missing;
    private long arrived;
    private boolean going;
    private boolean ended;
    private boolean closed;

    StreamArrivals(
            StreamCall call,
            GrpcConnection connection,
            Http2Connection streams,
            Http2Stream stream,
            Http2LocalFlowController window,
            ChannelHandlerContext context) {
        this.call = call;
        this.connection = connection;
        this.streams = streams;
        this.stream = stream;
        this.window = window;
        this.context = context;
    }

    StreamCall call() {
        return call;
    }

    /// How many bytes have come.
    long arrived() {
        return arrived;
    }

    /// Whether a message has begun whose end the client owes.
    boolean isWithinMessage() {
        return kept.isEmpty() && (missing > 0 || prefix.isReadable());
    }

    /// Takes the next bytes.
    ///
    /// @return how many of them the client may send again
    int take(ByteBuf data) {
        int count = data.readableBytes();
        arrived += count;
        going = true;
        try {
            if (kept.isEmpty()) {
                read(data);
            }
        } finally {
            going = false;
        }
        int rest = data.readableBytes();
        if (rest == 0 || keep(data)) {
            return count - rest;
        }
        return count;
    }

    /// Reads messages as far as the call takes them.
    private void read(ByteBuf data) {
        while (data.isReadable()) {
            if (call.isDeaf()) {
                data.skipBytes(data.readableBytes());
            } else if (missing > 0) {
                int count = Math.min(missing, data.readableBytes());
                call.arrived(data.nioBuffer(data.readerIndex(), count));
                data.skipBytes(count);
                missing -= count;
                if (missing == 0) {
                    call.arrived();
                }
            } else if (prefix.isReadable() || call.takesMore()) {
                data.readBytes(prefix, Math.min(prefix.writableBytes(), data.readableBytes()));
                if (!prefix.isWritable()) {
                    begin(prefix.getByte(0), prefix.getInt(1));
                    prefix.clear();
                }
            } else {
                return;
            }
        }
    }

    private void begin(int flag, int length) {
        if ((flag & ~1) != 0 || length < 0) {
            fail(
                    "no message begins with the bytes %02x and %08x (expected: 00 or 01, and a length)"
                            .formatted(flag, length));
        } else if (!call.begins(length, flag == 1)) {
            fail("a compressed message without a coding that is known (see 'grpc-encoding')");
        } else if (length == 0) {
            call.arrived();
        } else {
            missing = length;
        }
    }

    private void fail(String text) {
        call.ends(Status.INTERNAL.withDescription(text));
    }

    /// Keeps what the call does not take now.
    ///
    /// @return false where there is no room for it, which ends the call
    private boolean keep(ByteBuf data) {
        int count = data.readableBytes();
        try {
            connection.heap().take(count + OBJECT);
        } catch (ServingException full) {
            data.skipBytes(count);
            call.refuse(full);
            return false;
        }
        kept.add(data.readBytes(count));
        keptBytes += count;
        lend(count);
        return true;
    }

    /// Adds to the connection's window what this stream keeps of it, or takes it back.
    private void lend(int bytes) {
        try {
            window.incrementWindowSize(streams.connectionStream(), bytes);
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The call may take more.
    void goOn() {
        if (going || kept.isEmpty()) {
            return;
        }
        int before = keptBytes;
        going = true;
        try {
            while (!kept.isEmpty() && before - keptBytes < AT_ONCE) {
                ByteBuf first = kept.element();
                int count = first.readableBytes();
                read(first);
                int taken = count - first.readableBytes();
                keptBytes -= taken;
                connection.heap().give(taken);
                if (first.isReadable()) {
                    break;
                }
                kept.remove().release();
                connection.heap().give(OBJECT);
            }
        } finally {
            going = false;
        }
        giveBack(before - keptBytes);
        if (kept.isEmpty()) {
            endIfEnded();
        } else if (before - keptBytes >= AT_ONCE) {
            connection.later(StreamCall.SUBJECT, this::goOn);
        }
    }

    private void giveBack(int bytes) {
        if (bytes == 0 || closed) {
            return;
        }
        lend(-bytes);
        // HTTP/2 gives back by itself what is left of a stream that has broken a rule, or is
        // closed.
        int left = Math.min(bytes, window.unconsumedBytes(stream));
        if (left == 0 || stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        try {
            boolean _ = window.consumeBytes(stream, left);
            context.flush();
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The client has said all.
    void end() {
        ended = true;
        if (kept.isEmpty()) {
            endIfEnded();
        }
    }

    private void endIfEnded() {
        if (!ended) {
            return;
        }
        if (isWithinMessage()) {
            fail("the stream ended within a message");
        } else {
            call.ends(Status.OK);
        }
    }

    /// The stream is gone: HTTP/2 gives back what has been kept of its window.
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        connection.heap().give(keptBytes + (long) OBJECT * kept.size());
        kept.forEach(ByteBuf::release);
        kept.clear();
        lend(-keptBytes);
        keptBytes = 0;
    }
}
