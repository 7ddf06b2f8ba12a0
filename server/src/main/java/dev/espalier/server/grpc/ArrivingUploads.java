package dev.espalier.server.grpc;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

/// The inference requests that arrive over one connection in more than one HTTP/2 frame: their tensors
/// go from each frame into memory at once, where gRPC would keep all frames until the last one is there.
///
/// It stands between HTTP/2 and gRPC, and shows gRPC an empty message in place of such a request, once
/// it is complete. gRPC counts the five bytes of that message against the flow control window; all others
/// are given back here. Whatever is unusual (compressed, a message prefix in two frames, broken off)
/// goes to gRPC as it came. That gRPC works as this needs is held by `GrpcFramesTest`.
final class ArrivingUploads extends Http2FrameListenerDecorator {
    /// A connection's uploads, while gRPC is told of a call's headers.
    private static final ScopedValue<ArrivingUploads> CURRENT = ScopedValue.newInstance();

    /// A byte that says whether the message is compressed, and its length.
    private static final int PREFIX = 5;

    private static final ByteBuf EMPTY_MESSAGE = prefix(0);

    /// What is left of a message that was broken off, for gRPC to complain about.
    private static final ByteBuf BROKEN_MESSAGE = prefix(1);

    /// By their streams: calls whose message has not begun or is under way.
    private final IntObjectMap<Arrival> arrivals = new IntObjectHashMap<>();

    private @Nullable InferCall begun;

    /// A message that arrives.
    private static final class Arrival {
        final InferCall call;
        boolean started;
        int missing;

        Arrival(InferCall call) {
            this.call = call;
        }
    }

    private ArrivingUploads(GrpcHttp2ConnectionHandler connection) {
        super(connection.decoder().frameListener());
    }

    /// Looks at the frames of a connection from now on.
    static void of(GrpcHttp2ConnectionHandler handler) {
        ArrivingUploads uploads = new ArrivingUploads(handler);
        handler.decoder().frameListener(uploads);
        Http2Connection connection = handler.connection();
        connection.addListener(
                new Http2ConnectionAdapter() {
                    @Override
                    public void onStreamClosed(Http2Stream stream) {
                        // gRPC tells the call.
                        uploads.arrivals.remove(stream.id());
                    }
                });
    }

    private static ByteBuf prefix(int length) {
        ByteBuf prefix = Unpooled.directBuffer(PREFIX).writeByte(0).writeInt(length);
        return Unpooled.unreleasableBuffer(prefix.asReadOnly());
    }

    /// Called by a call that begins: its frames are wanted.
    static void begun(InferCall call) {
        if (CURRENT.isBound()) {
            CURRENT.get().begun = call;
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int streamId,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        ScopedValue.where(CURRENT, this)
                .call(() -> {
                    super.onHeadersRead(
                            context,
                            streamId,
                            headers,
                            dependency,
                            weight,
                            exclusive,
                            padding,
                            endOfStream);
                    return this;
                });
        InferCall call = begun;
        begun = null;
        if (call != null && !endOfStream) {
            arrivals.put(streamId, new Arrival(call));
        }
    }

    @Override
    public int onDataRead(
            ChannelHandlerContext context,
            int streamId,
            ByteBuf data,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        Arrival arrival = arrivals.get(streamId);
        boolean first = arrival != null && !arrival.started;
        if (arrival == null || first && !start(arrival, data, endOfStream)) {
            arrivals.remove(streamId);
            return super.onDataRead(context, streamId, data, padding, endOfStream);
        }
        if (first) {
            data.skipBytes(PREFIX);
        }
        int done = data.readableBytes() + padding;
        take(arrival, data);
        if (arrival.missing == 0) {
            arrivals.remove(streamId);
            boolean more = data.isReadable();
            super.onDataRead(context, streamId, EMPTY_MESSAGE.duplicate(), 0, endOfStream && !more);
            if (more) {
                done -= data.readableBytes();
                super.onDataRead(context, streamId, data, 0, endOfStream);
            }
        } else if (endOfStream) {
            arrivals.remove(streamId);
            super.onDataRead(context, streamId, BROKEN_MESSAGE.duplicate(), 0, true);
        }
        return done;
    }

    /// Begins with a message that goes on behind this frame.
    private static boolean start(Arrival arrival, ByteBuf data, boolean endOfStream) {
        if (endOfStream || data.readableBytes() < PREFIX || data.getByte(data.readerIndex()) != 0) {
            return false;
        }
        int length = data.getInt(data.readerIndex() + 1);
        if (length <= data.readableBytes() - PREFIX) {
            return false;
        }
        arrival.started = true;
        arrival.missing = length;
        arrival.call.arriving(length);
        return true;
    }

    private static void take(Arrival arrival, ByteBuf data) {
        int count = Math.min(arrival.missing, data.readableBytes());
        arrival.call.arrived(data.nioBuffer(data.readerIndex(), count));
        data.skipBytes(count);
        arrival.missing -= count;
    }
}
