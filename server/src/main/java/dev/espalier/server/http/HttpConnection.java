package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.transport.PendingBytes;
import dev.espalier.server.work.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client connection: its requests are answered one after another, in the order in which they
/// came. Everything here runs on the connection's event loop.
///
/// What arrives while a request is being answered, or while a part of it is worked on beside the loop, waits in a
/// line, and the socket is not read on. Whatever fails without anybody having expected it fails one request, or one
/// connection where its answer has begun.
final class HttpConnection extends ChannelInboundHandlerAdapter {
    /// How long a client may go on sending a body that has been refused before it is cut off.
    private static final long LINGER_SECONDS = 2;

    private final RequestHandler handler;
    private final OpenConnections connections;
    private final HttpMeans means;
    private final ClientMemory.Connection memory;
    private final WaitingLine line;
    private final JsonBuffer json = new JsonBuffer();
    private final ClientPace pace;
    private final WorkBeside work;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private @Nullable Sender sender;
    private CurrentRequest current = CurrentRequest.none();
    private boolean bodyRead = true;
    private boolean answered = true;
    private boolean answerBegun;
    private boolean draining;
    private boolean refusing;
    private boolean endsWhenWorked;
    private volatile boolean gone;

    /// @param memory what it takes of the server's memory, which is closed with it
    HttpConnection(
            RequestHandler handler,
            OpenConnections connections,
            HttpMeans means,
            ClientMemory.Connection memory) {
        this.handler = handler;
        this.connections = connections;
        this.means = means;
        this.memory = memory;
        this.line = new WaitingLine(memory.heap());
        this.pace = new ClientPace(means.limits());
        this.work = new WorkBeside(this, means);
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

    /// What the connection takes of the heap.
    BudgetShare heap() {
        return memory.heap();
    }

    /// What the tensors of its requests count in.
    List<FairShare> tensors() {
        return memory.tensors();
    }

    /// Whether the connection is kept after this answer; never by a server that stops.
    ResponseHead.Persistence persistence() {
        if (connections.stopping()) {
            current.closes();
        }
        return current.persistence();
    }

    /// The head of the request under way.
    CurrentRequest request() {
        return current;
    }

    // --- what arrives

    /// So many bytes have come; what they are is decoded next.
    void arrived(int bytes) {
        pace.arrived(bytes);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (refusing) {
            ReferenceCountUtil.release(message);
        } else if (mayHandle(ctx)) {
            handle(message);
        } else if (line.add(message)) {
            ctx.channel().config().setAutoRead(false);
        } else {
            giveUp();
        }
    }

    /// There is no room for a header whose end is not in sight.
    void refuseHeader(ServingException full) {
        if (answered && bodyRead && line.isEmpty()) {
            answered = false;
            answerBegun = false;
            refuse(Reply.error(full));
        } else {
            giveUp();
        }
    }

    private boolean mayHandle(ChannelHandlerContext ctx) {
        return line.isEmpty() && isFree(ctx);
    }

    /// A body goes on while its request is being read; a new request needs the last one answered, and
    /// its answer taken by the client.
    private boolean isFree(ChannelHandlerContext ctx) {
        return !work.isUnderWay() && (!bodyRead || answered && ctx.channel().isWritable());
    }

    private void handle(Object message) {
        try {
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof HttpContent content && !bodyRead) {
                content(content);
            }
        } catch (Throwable failure) {
            broken(failure);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        pace.requestBegins();
        answered = false;
        answerBegun = false;
        bodyRead = false;
        current = CurrentRequest.of(request, connections.stopping());
        Reply refused = Framing.check(request);
        if (refused != null) {
            refuse(refused);
            return;
        }
        exchange = handler.begin(this, request);
        if (!refusing && HttpUtil.is100ContinueExpected(request)) {
            var _ = context().writeAndFlush(ResponseHead.goOn(), context().voidPromise());
        }
    }

    private void content(HttpContent content) {
        Exchange taking = exchange;
        if (content.decoderResult().isFailure()) {
            if (taking != null) {
                exchange = null;
                taking.abort();
            }
            if (!answered) {
                refuse(Reply.brokenRequest(content.decoderResult().cause()));
            }
            return;
        }
        if (taking != null && content.content().isReadable()) {
            taking.content(content.content());
        }
        if (content instanceof LastHttpContent && !refusing) {
            endsWhenWorked = work.isUnderWay();
            if (!work.isUnderWay()) {
                bodyEnds();
            }
        }
    }

    private void bodyEnds() {
        bodyRead = true;
        Exchange ended = exchange;
        if (ended == null) {
            finish();
        } else {
            ended.end();
        }
    }

    // --- how long it takes

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (connections.tooMany()) {
            refuse(Reply.tooManyConnections());
        }
        ctx.fireChannelActive();
    }

    /// Once a second: a client that is too slow is cut off, with an answer where there can still be one.
    void look() {
        guarded(() -> {
            long left = PendingBytes.of(context().channel());
            ClientPace.Verdict verdict = pace.look(waitsFor(left), left);
            switch (verdict) {
                case FINE -> {}
                case IDLE -> cut();
                case SLOW_READER -> PendingBytes.cut(context());
                case SLOW_HEADER, SLOW_BODY -> {
                    abort();
                    answered = false;
                    answerBegun = false;
                    refuse(Reply.error(408, pace.told(verdict)));
                }
            }
        });
    }

    private ClientPace.Wait waitsFor(long left) {
        if (left > 0 || sender != null && sender.isWaiting()) {
            return ClientPace.Wait.ANSWER_TAKEN;
        }
        if (work.isUnderWay() || refusing || !line.isEmpty()) {
            return ClientPace.Wait.NOTHING;
        }
        if (!bodyRead) {
            return ClientPace.Wait.BODY;
        }
        return answered ? ClientPace.Wait.REQUEST : ClientPace.Wait.NOTHING;
    }

    // --- work beside the loop

    /// The work beside the loop; nothing else of this connection is handled meanwhile.
    WorkBeside work() {
        return work;
    }

    /// Whether nobody waits for an answer any more.
    boolean isGone() {
        return gone;
    }

    /// Goes on with what work beside the loop has come to. On the loop.
    void worked(Runnable done) {
        done.run();
        if (gone) {
            if (!work.isUnderWay()) {
                abort();
            }
            return;
        }
        if (endsWhenWorked && !work.isUnderWay() && !refusing) {
            endsWhenWorked = false;
            bodyEnds();
        }
        goOn();
    }

    // --- what is answered

    /// Answers with a small body.
    void reply(Reply reply) {
        answerBegun = true;
        ByteBuf out = reply.written(context().alloc(), persistence(), current.isHeadOnly());
        var _ = context().writeAndFlush(out, context().voidPromise());
        answered();
    }

    void fail(ServingException failure) {
        reply(Reply.error(failure));
    }

    /// Answers with what work beside the loop has come to.
    void reply(Outcome<Reply> outcome) {
        try {
            reply(outcome.get());
        } catch (ServingException failure) {
            fail(failure);
        }
    }

    /// Answers before the body has come, and closes: what is still coming is thrown away for a moment,
    /// so that the client can read the answer.
    void refuse(Reply reply) {
        refusing = true;
        exchange = null;
        current.closes();
        reply(reply);
    }

    /// The head of an answer is being written: nothing else can be answered any more.
    void answerBegins() {
        answerBegun = true;
    }

    /// Sends a long answer, whose head has been written.
    void send(Sender answer) {
        sender = answer;
        sendOn();
    }

    /// There is more of it, or its client takes more.
    void sendOn() {
        Sender sending = sender;
        if (sending != null && sending.goOn()) {
            sender = null;
            answered();
        }
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
        } else if (bodyRead && current.persistence() == ResponseHead.Persistence.CLOSED) {
            refusing = true;
            var _ =
                    context()
                            .writeAndFlush(Unpooled.EMPTY_BUFFER)
                            .addListener(ChannelFutureListener.CLOSE);
        } else if (bodyRead) {
            goOn();
        }
    }

    private void cut() {
        var _ = context().close();
    }

    /// Handles what waits in line, as far as it goes, and reads on when that is all.
    private void goOn() {
        if (draining || work.isUnderWay() || gone) {
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
            line.release();
        }
        if (line.isEmpty() && !context().channel().config().isAutoRead()) {
            context().channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            guarded(() -> {
                sendOn();
                if (!line.isEmpty()) {
                    goOn();
                }
            });
        }
        ctx.fireChannelWritabilityChanged();
    }

    // --- the end

    /// Closes the connection as soon as no request is under way.
    void stop() {
        if (answered && bodyRead && line.isEmpty()) {
            var _ = context().close();
        } else {
            current.closes();
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
        gone = true;
        refusing = true;
        line.release();
        if (!work.isUnderWay()) {
            guarded(this::abort);
        }
        memory.close();
    }

    private void abort() {
        Exchange aborted = exchange;
        Sender sending = sender;
        exchange = null;
        sender = null;
        if (sending != null) {
            sending.drop();
        }
        if (aborted != null) {
            aborted.abort();
        }
    }

    /// Does a step whose failure is that of the request under way.
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            broken(failure);
        }
    }

    /// Something has failed that nobody expected.
    private void broken(Throwable failure) {
        report(failure);
        boolean answerable = !answered && !answerBegun && !gone && !work.isUnderWay();
        try {
            if (!work.isUnderWay()) {
                abort();
            }
            if (answerable) {
                refuse(Reply.error(ServingException.unexpected(failure)));
                return;
            }
        } catch (Throwable second) {
            report(second);
        }
        giveUp();
    }

    private void giveUp() {
        refusing = true;
        cut();
    }

    private void report(Throwable failure) {
        means.errors().report("http", current.told(), failure);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            report(cause);
        }
        var _ = ctx.close();
    }
}
