package dev.espalier.server.grpc;

import dev.espalier.server.config.GrpcLimits;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.grpc.CallPace.Wait;
import dev.espalier.server.transport.PendingBytes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks once a second how the calls of one connection get on, and ends those whose clients are too slow: with a status
/// where there can still be one. Used by the connection's event loop only.
final class CallWatch {
    /// What the log and the metrics call it.
    private static final String SUBJECT = "a look at calls";

    /// How long a client may go on with a message after its call has been answered.
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final GrpcLimits limits;
    private final GrpcHttp2ConnectionHandler handler;
    private final Http2Connection streams;
    private final Http2RemoteFlowController answers;
    private final Http2Connection.PropertyKey key;
    private final ArrivingUploads uploads;

    /// All that is sent over the connection: how far its client's window has let it go, and how it goes from there.
    private final CallPace connection = new CallPace();

    private final CallsInFlight calls;

    /// Closes the connection at once: HTTP/2's own way waits for the calls that are under way.
    private @Nullable ChannelHandlerContext gate;

    private boolean speaks;
    private long looks;
    private long takenBefore;
    private long taken;

    CallWatch(GrpcLimits limits, GrpcHttp2ConnectionHandler handler, ArrivingUploads uploads) {
        this.limits = limits;
        this.handler = handler;
        this.streams = handler.connection();
        this.answers = handler.encoder().flowController();
        this.key = streams.newKey();
        this.uploads = uploads;
        this.calls = new CallsInFlight(uploads.connection());
    }

    /// A call is about to begin.
    ///
    /// @throws ServingException when there is no room on the heap for it
    void begins() throws ServingException {
        calls.begun(streams.numActiveStreams());
    }

    /// The connection is gone.
    void ended() {
        calls.settle(0);
    }

    /// The connection may stay.
    void admitted(ChannelHandlerContext first) {
        gate = first;
        uploads.connection().livesOn(first.channel());
    }

    /// Whether it may stay.
    boolean isAdmitted() {
        return gate != null;
    }

    /// The client has begun to speak HTTP/2.
    void speaks() {
        speaks = true;
    }

    /// The client takes so many more bytes of a call's answer, or of all together.
    void granted(int streamId, int bytes) {
        Http2Stream stream = streams.stream(streamId);
        if (streamId == Http2CodecUtil.CONNECTION_STREAM_ID) {
            connection.granted(bytes);
        } else if (stream != null) {
            pace(stream).granted(bytes);
        }
    }

    private CallPace pace(Http2Stream stream) {
        CallPace known = stream.getProperty(key);
        if (known == null) {
            known = new CallPace();
            stream.setProperty(key, known);
        }
        return known;
    }

    /// No stream takes any more requests. On any thread.
    void drain() {
        uploads.connection().later(SUBJECT, uploads::drain);
    }

    /// A second has passed.
    void look() {
        ChannelHandlerContext open = gate;
        if (open != null) {
            uploads.connection().guarded(SUBJECT, () -> look(open));
        }
    }

    private void look(ChannelHandlerContext open) {
        looks++;
        calls.settle(streams.numActiveStreams());
        if (!speaks) {
            if (!limits.handshake().isZero() && looks > limits.handshake().toSeconds()) {
                PendingBytes.cut(open);
            }
            return;
        }
        long pending = PendingBytes.of(open.channel());
        long news = takenSince(pending);
        Wait socket = pending > 0 ? Wait.ANSWER_TAKEN : Wait.SERVER;
        if (connection.look(socket, taken, limits.answer())) {
            PendingBytes.cut(open);
            return;
        }
        List<Runnable> ends = new ArrayList<>(0);
        try {
            streams.forEachActiveStream(stream -> {
                Runnable end = look(stream, news);
                if (end != null) {
                    ends.add(end);
                }
                return true;
            });
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        ends.forEach(Runnable::run);
        if (!ends.isEmpty()) {
            context().flush();
        }
    }

    /// How many bytes of answers the client has taken since the last look.
    private long takenSince(long pending) {
        long sent =
                connection.sent(
                        Http2CodecUtil.DEFAULT_WINDOW_SIZE,
                        answers.windowSize(streams.connectionStream()));
        long now = sent - pending;
        long since = Math.max(0, now - takenBefore);
        takenBefore = now;
        taken += since;
        return since;
    }

    /// @param news how many bytes the client has taken since the last look
    /// @return what ends the call; null where it may go on
    private @Nullable Runnable look(Http2Stream stream, long news) {
        CallPace pace = pace(stream);
        if (answers.hasFlowControlled(stream)) {
            int window = answers.windowSize(stream);
            if (window > 0) {
                pace.hadToWait(news);
            }
            long count = pace.sent(answers.initialWindowSize(), window);
            return pace.look(Wait.ANSWER_TAKEN, count + pace.credit(), limits.answer())
                    ? () -> reset(stream, Http2Error.CANCEL)
                    : null;
        }
        return switch (stream.state()) {
            case OPEN ->
                    pace.look(
                                    uploads.isWithinMessage(stream.id())
                                            ? Wait.MESSAGE
                                            : Wait.SERVER,
                                    uploads.arrived(stream.id()),
                                    limits.body())
                            ? () -> refuse(stream, tooSlow(), Http2Error.CANCEL)
                            : null;
            case HALF_CLOSED_LOCAL ->
                    pace.look(Wait.END, 0, LINGER)
                            ? () -> reset(stream, Http2Error.NO_ERROR)
                            : null;
            default -> {
                boolean _ = pace.look(Wait.SERVER, 0, Duration.ZERO);
                yield null;
            }
        };
    }

    private ServingException tooSlow() {
        return new ServingException(
                ErrorCode.TOO_SLOW,
                "the call's message goes on too slowly (expected: 64 KB or its end within %d seconds)"
                        .formatted(limits.body().toSeconds()));
    }

    private void refuse(Http2Stream stream, ServingException why, Http2Error otherwise) {
        if (!uploads.refuse(stream.id(), why)) {
            reset(stream, otherwise);
        }
    }

    /// Ends a call on both sides: gRPC is told what it would be if the client had done it.
    private void reset(Http2Stream stream, Http2Error why) {
        try {
            uploads.onRstStreamRead(context(), stream.id(), why.code());
        } catch (Http2Exception failure) {
            uploads.connection().report(SUBJECT, failure);
        }
        var _ =
                handler.encoder()
                        .writeRstStream(context(), stream.id(), why.code(), context().newPromise());
    }

    private ChannelHandlerContext context() {
        return answers.channelHandlerContext();
    }
}
