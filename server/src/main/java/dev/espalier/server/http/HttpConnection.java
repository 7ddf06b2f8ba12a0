package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client connection: its requests are answered one after another, in the order in which they
/// came. Everything here runs on the connection's event loop.
///
/// What arrives while a request is being answered waits in a line, and the socket is not read on.
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = System.getLogger(HttpConnection.class.getName());

    /// How long a client may go on sending a body that has been refused before it is cut off.
    private static final long LINGER_SECONDS = 2;

    private static final ByteBuf CONTINUE =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(ResponseHead.ascii("HTTP/1.1 100 Continue\r\n\r\n"))
                            .asReadOnly());

    private final RequestHandler handler;
    private final OpenConnections connections;
    private final Queue<Object> line = new ArrayDeque<>(4);
    private final JsonBuffer json = new JsonBuffer();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private ResponseHead.Persistence persistence = ResponseHead.Persistence.DEFAULT;
    private boolean headOnly;
    private boolean bodyRead = true;
    private boolean answered = true;
    private boolean draining;
    private boolean refusing;

    HttpConnection(RequestHandler handler, OpenConnections connections) {
        this.handler = handler;
        this.connections = connections;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        connections.opened(this);
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext open = context;
        if (open == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return open;
    }

    /// The connection's own buffer for JSON, empty.
    JsonBuffer json() {
        json.clear();
        return json;
    }

    /// Whether the connection is kept after this answer; never by a server that stops.
    ResponseHead.Persistence persistence() {
        if (connections.stopping()) {
            persistence = ResponseHead.Persistence.CLOSED;
        }
        return persistence;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (refusing) {
            ReferenceCountUtil.release(message);
        } else if (mayHandle(ctx)) {
            handle(message);
        } else {
            line.add(message);
            ctx.channel().config().setAutoRead(false);
        }
    }

    private boolean mayHandle(ChannelHandlerContext ctx) {
        return line.isEmpty() && isFree(ctx);
    }

    /// A body goes on while its request is being read; a new request needs the last one answered, and
    /// its answer taken by the client.
    private boolean isFree(ChannelHandlerContext ctx) {
        return !bodyRead || answered && ctx.channel().isWritable();
    }

    private void handle(Object message) {
        try {
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof HttpContent content && !bodyRead) {
                content(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        answered = false;
        bodyRead = false;
        headOnly = request.method().name().equals("HEAD");
        boolean kept = HttpUtil.isKeepAlive(request) && !connections.stopping();
        persistence =
                !kept
                        ? ResponseHead.Persistence.CLOSED
                        : request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                                ? ResponseHead.Persistence.KEPT
                                : ResponseHead.Persistence.DEFAULT;
        if (request.decoderResult().isFailure()) {
            refuse(Reply.brokenRequest(request.decoderResult().cause()));
            return;
        }
        exchange = handler.begin(this, request);
        if (!refusing && HttpUtil.is100ContinueExpected(request)) {
            var _ = context().writeAndFlush(CONTINUE.duplicate(), context().voidPromise());
        }
    }

    private void content(HttpContent content) {
        Exchange current = exchange;
        if (content.decoderResult().isFailure()) {
            if (current != null) {
                exchange = null;
                current.abort();
            }
            if (!answered) {
                refuse(Reply.brokenRequest(content.decoderResult().cause()));
            }
            return;
        }
        if (current != null && content.content().isReadable()) {
            current.content(content.content());
        }
        if (content instanceof LastHttpContent && !refusing) {
            bodyRead = true;
            Exchange ended = exchange;
            if (ended == null) {
                finish();
            } else {
                ended.end();
            }
        }
    }

    /// Answers with a small body.
    void reply(Reply reply) {
        ByteBuf out = context().alloc().directBuffer(ResponseHead.SIZE + reply.body().length);
        ResponseHead.plain(
                out,
                ResponseHead.Status.of(reply.status()),
                reply.extraHeaders(),
                reply.contentType(),
                reply.body().length,
                persistence());
        if (!headOnly) {
            out.writeBytes(reply.body());
        }
        var _ = context().writeAndFlush(out, context().voidPromise());
        answered();
    }

    void fail(ServingException failure) {
        reply(Reply.error(failure));
    }

    /// Answers before the body has come, and closes: what is still coming is thrown away for a moment,
    /// so that the client can read the answer.
    void refuse(Reply reply) {
        refusing = true;
        exchange = null;
        persistence = ResponseHead.Persistence.CLOSED;
        reply(reply);
    }

    /// The answer has been written.
    void answered() {
        answered = true;
        exchange = null;
        finish();
    }

    /// Goes on with the next request once the present one is read and answered.
    private void finish() {
        if (!answered) {
            return;
        }
        if (refusing) {
            var _ = context().executor().schedule(this::cut, LINGER_SECONDS, TimeUnit.SECONDS);
        } else if (bodyRead && persistence == ResponseHead.Persistence.CLOSED) {
            refusing = true;
            var _ =
                    context()
                            .writeAndFlush(Unpooled.EMPTY_BUFFER)
                            .addListener(ChannelFutureListener.CLOSE);
        } else if (bodyRead && !line.isEmpty()) {
            drain();
        }
    }

    private void cut() {
        var _ = context().close();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!refusing && !line.isEmpty() && isFree(context())) {
                handle(line.remove());
            }
        } finally {
            draining = false;
        }
        if (refusing) {
            releaseLine();
        }
        if (line.isEmpty()) {
            context().channel().config().setAutoRead(true);
        }
    }

    private void releaseLine() {
        line.forEach(ReferenceCountUtil::release);
        line.clear();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && !line.isEmpty()) {
            drain();
        }
        ctx.fireChannelWritabilityChanged();
    }

    /// Closes the connection as soon as no request is under way.
    void stop() {
        if (answered && bodyRead && line.isEmpty()) {
            var _ = context().close();
        } else {
            persistence = ResponseHead.Persistence.CLOSED;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        gone();
    }

    private void gone() {
        connections.closed(this);
        refusing = true;
        releaseLine();
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.abort();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            LOG.log(Level.ERROR, "a connection failed and is closed: " + ctx.channel(), cause);
        }
        var _ = ctx.close();
    }
}
