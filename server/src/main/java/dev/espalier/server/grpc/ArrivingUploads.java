package dev.espalier.server.grpc;

import dev.espalier.server.config.GrpcLimits;
import dev.espalier.server.failure.ServingException;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The messages that arrive over one connection. Inference requests in more than one HTTP/2 frame, and compressed
/// ones: their bytes are taken from each frame at once, where gRPC would keep all frames until the last one is
/// there. All others are counted, and broken off where they are longer than their method takes.
///
/// It stands between HTTP/2 and gRPC, and shows gRPC an empty message in place of an inference request, once
/// it is complete. gRPC counts the five bytes of that message against the flow control window; all others
/// are given back here. What is broken off goes to gRPC as it came. That gRPC works as this needs is held by
/// `GrpcFramesTest`.
final class ArrivingUploads extends Http2FrameListenerDecorator {
    /// A connection's uploads, while gRPC is told of a call's headers.
    private static final ScopedValue<ArrivingUploads> CURRENT = ScopedValue.newInstance();

    /// A byte that says whether the message is compressed, and its length.
    private static final int PREFIX = 5;

    private static final ByteBuf EMPTY_MESSAGE = prefix(0);

    /// What is left of a message that was broken off, for gRPC to complain about.
    private static final ByteBuf BROKEN_MESSAGE = prefix(1);

    private final GrpcConnection connection;
    private final CallWatch watch;

    /// By their streams: calls whose message has not begun or is under way.
    private final IntObjectMap<Arrival> arrivals = new IntObjectHashMap<>();

    /// By their streams: the messages of all other calls.
    private final IntObjectMap<CountedMessage> others = new IntObjectHashMap<>();

    /// Calls that bring any number of messages.
    private final IntObjectMap<StreamArrivals> inferStreams = new IntObjectHashMap<>();

    private final GrpcHttp2ConnectionHandler handler;

    /// The number of the stream that has begun last; they only grow.
    private int lastBegun;

    private @Nullable InferCall begun;
    private @Nullable StreamCall begunStream;
    private @Nullable ServerCall<?, ?> started;

    /// A message that arrives.
    private static final class Arrival {
        final InferCall call;

        /// What has come of the prefix, where that is in several frames.
        final ByteBuf prefix = Unpooled.buffer(PREFIX, PREFIX);

        boolean started;
        boolean refused;
        int missing;
        long arrived;

        Arrival(InferCall call) {
            this.call = call;
        }
    }

    private ArrivingUploads(
            GrpcHttp2ConnectionHandler handler, GrpcServices services, GrpcLimits limits) {
        super(handler.decoder().frameListener());
        this.handler = handler;
        connection = new GrpcConnection(services);
        watch = new CallWatch(limits, handler, this);
    }

    /// Looks at the frames of a connection from now on.
    ///
    /// @return how its calls get on
    static CallWatch of(
            GrpcHttp2ConnectionHandler handler, GrpcServices services, GrpcLimits limits) {
        ArrivingUploads uploads = new ArrivingUploads(handler, services, limits);
        handler.decoder().frameListener(uploads);
        handler.connection()
                .addListener(
                        new Http2ConnectionAdapter() {
                            @Override
                            public void onStreamClosed(Http2Stream stream) {
                                uploads.closed(stream.id());
                            }
                        });
        return uploads.watch;
    }

    private static ByteBuf prefix(int length) {
        ByteBuf prefix = Unpooled.directBuffer(PREFIX).writeByte(0).writeInt(length);
        return Unpooled.unreleasableBuffer(prefix.asReadOnly());
    }

    private void closed(int streamId) {
        // gRPC tells the call.
        arrivals.remove(streamId);
        CountedMessage message = others.remove(streamId);
        if (message != null) {
            message.close();
        }
        StreamArrivals stream = inferStreams.remove(streamId);
        if (stream != null) {
            stream.close();
        }
    }

    /// The connection over which a call has just begun.
    static GrpcConnection current() {
        return CURRENT.get().connection;
    }

    GrpcConnection connection() {
        return connection;
    }

    /// How many bytes of a call's message have come.
    long arrived(int streamId) {
        Arrival arrival = arrivals.get(streamId);
        CountedMessage message = others.get(streamId);
        StreamArrivals stream = inferStreams.get(streamId);
        if (stream != null) {
            return stream.arrived();
        }
        return arrival != null ? arrival.arrived : message != null ? message.length() : 0;
    }

    /// Whether a call's client owes the rest of a message. Between two messages of a stream it owes none.
    boolean isWithinMessage(int streamId) {
        StreamArrivals stream = inferStreams.get(streamId);
        return stream == null || stream.isWithinMessage();
    }

    /// Answers a call whose message is still under way; what is coming of it is thrown away.
    ///
    /// @return false where nobody knows the call
    boolean refuse(int streamId, ServingException failure) {
        Arrival arrival = arrivals.get(streamId);
        CountedMessage message = others.get(streamId);
        StreamArrivals stream = inferStreams.get(streamId);
        if (arrival != null) {
            arrival.refused = true;
            arrival.call.refuse(failure);
        } else if (message != null) {
            message.refuse(failure);
        } else if (stream != null) {
            stream.call().refuse(failure);
        }
        return arrival != null || message != null || stream != null;
    }

    /// No stream takes any more requests: each ends when what it has is answered.
    void drain() {
        Status stopping = Status.UNAVAILABLE.withDescription("the server is stopping");
        for (StreamArrivals stream : List.copyOf(inferStreams.values())) {
            stream.call().ends(stopping);
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
            throws Http2Exception {
        watch.speaks();
        super.onSettingsRead(context, settings);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment)
            throws Http2Exception {
        watch.granted(streamId, increment);
        super.onWindowUpdateRead(context, streamId, increment);
    }

    /// Called by an inference call that begins: its frames are wanted.
    static void begun(InferCall call) {
        CURRENT.get().begun = call;
    }

    /// The same by a stream of them.
    static void begun(StreamCall call) {
        CURRENT.get().begunStream = call;
    }

    /// Called for each call that begins, before the ones above.
    static void started(ServerCall<?, ?> call) {
        CURRENT.get().started = call;
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
        check(streamId, headers);
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
        ServerCall<?, ?> other = started;
        StreamCall stream = begunStream;
        begun = null;
        begunStream = null;
        started = null;
        if (endOfStream) {
            return;
        }
        if (call != null) {
            arrivals.put(streamId, new Arrival(call));
        } else if (stream != null) {
            inferStreams.put(streamId, arrivals(stream, streamId, context));
        } else if (other != null) {
            others.put(streamId, new CountedMessage(other, connection.heap()));
        }
    }

    private StreamArrivals arrivals(StreamCall call, int streamId, ChannelHandlerContext context) {
        Http2Connection streams = handler.connection();
        StreamArrivals messages =
                new StreamArrivals(
                        call,
                        connection,
                        streams,
                        streams.stream(streamId),
                        handler.decoder().flowController(),
                        context);
        call.arrivesBy(messages);
        return messages;
    }

    /// What begins a call says what it is and where to: gRPC takes some of that for granted. Further headers of a call do
    /// not.
    private void check(int streamId, Http2Headers headers) throws Http2Exception {
        if (streamId <= lastBegun) {
            return;
        }
        lastBegun = streamId;
        CharSequence path = headers.path();
        if (headers.method() == null
                || headers.scheme() == null
                || path == null
                || path.isEmpty()) {
            throw Http2Exception.streamError(
                    streamId,
                    Http2Error.PROTOCOL_ERROR,
                    "a call begins with :method, :scheme and a :path");
        }
        try {
            watch.begins();
        } catch (ServingException full) {
            // Which says that nothing was done for it: clients may try it again, and take it for
            // UNAVAILABLE.
            throw Http2Exception.streamError(
                    streamId, Http2Error.REFUSED_STREAM, full, "%s", full.getMessage());
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
        StreamArrivals stream = inferStreams.get(streamId);
        if (stream != null) {
            int taken = stream.take(data);
            if (endOfStream) {
                super.onDataRead(context, streamId, Unpooled.EMPTY_BUFFER, 0, true);
            }
            return taken + padding;
        }
        Arrival arrival = arrivals.get(streamId);
        if (arrival == null) {
            CountedMessage message = others.get(streamId);
            if (message != null && !message.takes(data.readableBytes())) {
                return data.readableBytes() + padding;
            }
            return super.onDataRead(context, streamId, data, padding, endOfStream);
        }
        arrival.arrived += data.readableBytes();
        if (arrival.refused) {
            return data.readableBytes() + padding;
        }
        if (!arrival.started) {
            int had = arrival.prefix.readableBytes();
            if (had + data.readableBytes() < PREFIX && !endOfStream) {
                // gRPC is going to give these bytes back, with the message that it is shown.
                arrival.prefix.writeBytes(data);
                return padding;
            }
            if (!start(arrival, data, endOfStream)) {
                arrivals.remove(streamId);
                if (had > 0) {
                    super.onDataRead(context, streamId, arrival.prefix.retain(), 0, false);
                }
                return super.onDataRead(context, streamId, data, padding, endOfStream);
            }
            data.skipBytes(PREFIX - had);
        }
        int done = data.readableBytes() + padding;
        take(arrival, data);
        if (arrival.missing == 0) {
            arrivals.remove(streamId);
            arrival.call.arrived();
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

    /// Begins with a message that goes on behind this frame, or is compressed.
    private static boolean start(Arrival arrival, ByteBuf data, boolean endOfStream) {
        int had = arrival.prefix.readableBytes();
        if (had + data.readableBytes() < PREFIX) {
            return false;
        }
        ByteBuf prefix = arrival.prefix.copy(0, had).capacity(PREFIX);
        data.getBytes(data.readerIndex(), prefix, PREFIX - had);
        int flag = prefix.getByte(0);
        int length = prefix.getInt(1);
        int here = data.readableBytes() - (PREFIX - had);
        if (flag == 0 && !endOfStream && length > here) {
            arrival.call.arriving(length);
        } else if (flag != 1
                || length < 0
                || endOfStream && length > here
                || !arrival.call.arrivingPacked()) {
            return false;
        }
        arrival.started = true;
        arrival.missing = length;
        return true;
    }

    private static void take(Arrival arrival, ByteBuf data) {
        int count = Math.min(arrival.missing, data.readableBytes());
        arrival.call.arrived(data.nioBuffer(data.readerIndex(), count));
        data.skipBytes(count);
        arrival.missing -= count;
    }
}
