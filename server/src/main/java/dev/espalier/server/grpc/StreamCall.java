package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.tracing.Door;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One call of `ModelStreamInfer`: any number of requests, each answered in messages of its own. Answers of models that
/// give one each leave in the order of their requests, those of decoupled models when they are there: as fast as the
/// client takes them. What waits for it stays where the worker wrote it.
///
/// Everything here runs on its connection's event loop, but for what [GrpcConnection#offload] has done beside it.
/// Whatever fails without anybody having expected it ends this stream.
final class StreamCall extends ServerCall.Listener<InputStream> {
    /// What the log and the metrics call these.
    static final String SUBJECT = "ModelStreamInfer";

    /// What a request takes of the heap while it is under way, its last word included.
    private static final int REQUEST = 4 << 10;

    /// While its client has more bytes of answers to take, no further request of a stream is read.
    private static final long MOST_UNREAD = 1 << 20;

    private final ServerCall<InputStream, InferAnswer> call;
    private final GrpcServices services;
    private final GrpcConnection connection;
    private final Options options;
    private final AnswerWriter writer;
    private final AnswerLine line = new AnswerLine(this::next);

    /// What has begun and is not answered.
    private final Set<StreamRequest> requests = new LinkedHashSet<>();

    /// What can be sent as soon as the client takes it.
    private final Queue<StreamAnswer> outgoing = new ArrayDeque<>();

    /// Bytes of `outgoing`.
    private long unread;

    /// The request that comes in; null between two.
    private @Nullable StreamRequest arriving;

    /// Null where nothing comes any more.
    private @Nullable StreamArrivals arrivals;

    /// A compressed message that may lie in gRPC's buffers yet.
    private @Nullable CountedPieces sent;

    private boolean begun;
    private boolean ended;
    private boolean closed;
    private Status end = Status.OK;

    /// How a stream is served.
    ///
    /// @param coding how its messages are compressed
    /// @param errorsEnd whether a request that fails while it runs ends the stream
    /// @param traceparent the header by which W3C names the client's span; null for none
    /// @param mostRequests how many may be under way at once
    record Options(
            InferCall.Coding coding,
            boolean errorsEnd,
            @Nullable String traceparent,
            int mostRequests) {}

    StreamCall(
            ServerCall<InputStream, InferAnswer> call,
            GrpcServices services,
            GrpcConnection connection,
            Options options) {
        this.call = call;
        this.services = services;
        this.connection = connection;
        this.options = options;
        this.writer = new AnswerWriter(services, connection, SUBJECT, options.coding().level());
    }

    GrpcServices services() {
        return services;
    }

    GrpcConnection connection() {
        return connection;
    }

    AnswerWriter writer() {
        return writer;
    }

    /// Whether a request that fails while it runs ends the stream.
    boolean endsWithErrors() {
        return options.errorsEnd();
    }

    /// Whether no answer is sent any more.
    boolean isClosed() {
        return closed;
    }

    // --- requests

    /// Where its messages come from.
    void arrivesBy(StreamArrivals messages) {
        arrivals = messages;
    }

    /// Whether the next message may begin.
    boolean takesMore() {
        return arriving == null && requests.size() < options.mostRequests() && unread < MOST_UNREAD;
    }

    /// Whether whatever comes is thrown away.
    boolean isDeaf() {
        return closed || ended;
    }

    /// A message begins.
    ///
    /// @return false where it is compressed, and no coding has been named. Where there is no room for it, the stream ends
    boolean begins(int length, boolean compressed) {
        String coding = compressed ? options.coding().request() : null;
        if (compressed && coding == null) {
            return false;
        }
        try {
            connection.heap().take(REQUEST);
        } catch (ServingException full) {
            refuse(full);
            return true;
        }
        StreamRequest request =
                new StreamRequest(
                        this,
                        line.place(),
                        coding,
                        compressed ? Long.MAX_VALUE : length,
                        services.tracing().arrival(Door.GRPC, options.traceparent()));
        arriving = request;
        requests.add(request);
        return true;
    }

    /// The next piece of it.
    void arrived(ByteBuffer piece) {
        StreamRequest request = arriving;
        if (request != null) {
            request.add(piece);
        }
    }

    /// It is complete.
    void arrived() {
        StreamRequest request = arriving;
        if (request != null) {
            request.complete();
        }
    }

    /// A request has been handed over.
    void taken(StreamRequest request) {
        if (arriving == request) {
            arriving = null;
            readOn();
        }
    }

    private void readOn() {
        if (arrivals != null) {
            arrivals.goOn();
        }
    }

    /// No message follows; what is under way is answered, and then the stream ends.
    ///
    /// @param with its status
    void ends(Status with) {
        if (ended || closed) {
            return;
        }
        ended = true;
        end = with;
        StreamRequest half = arriving;
        if (half != null && !with.isOk()) {
            arriving = null;
            forget(half);
            half.cancel();
        }
        guarded(this::closeWhenAnswered);
    }

    /// The stream is not waited for any longer.
    void refuse(ServingException cause) {
        guarded(() -> close(Failures.status(cause)));
    }

    @Override
    public void onHalfClose() {
        if (arrivals == null) {
            ends(Status.OK);
        } else {
            arrivals.end();
        }
    }

    @Override
    public void onCancel() {
        closed = true;
        giveUp();
    }

    // --- answers

    /// An answer's turn has come.
    void next(StreamAnswer answer) {
        outgoing.add(answer);
        unread += answer.length();
        send();
    }

    @Override
    public void onReady() {
        guarded(this::send);
    }

    /// Sends what the client takes now.
    private void send() {
        while (!closed && !outgoing.isEmpty() && call.isReady()) {
            StreamAnswer answer = outgoing.remove();
            unread -= answer.length();
            if (answer.end() != null) {
                close(answer.end());
                return;
            }
            connection.heap().give(answer.counted());
            send(answer);
            if (answer.last()) {
                forget(answer.request());
            }
        }
        closeWhenAnswered();
        if (!closed) {
            readOn();
        }
    }

    private void send(StreamAnswer answer) {
        AnswerPieces message = answer.message();
        if (message == null) {
            return;
        }
        if (!begun) {
            begun = true;
            if (writer.compresses()) {
                call.setCompression(MessageCodings.RESPONSE_CODING);
            }
            call.sendHeaders(new Metadata());
        }
        forgetSent();
        sent = answer.packed();
        call.setMessageCompression(sent != null && writer.compresses());
        if (answer.result() == null) {
            call.sendMessage(new InferAnswer(message, services.copied()));
        } else if (writer.compresses() || message.isSmall()) {
            try {
                call.sendMessage(new InferAnswer(message, services.copied()));
            } finally {
                answer.result().release();
            }
        } else {
            LargeAnswer.send(message, answer.result(), services.copied(), call);
        }
    }

    /// A request is under way no longer.
    private void forget(StreamRequest request) {
        if (requests.remove(request)) {
            connection.heap().give(REQUEST);
        }
    }

    /// gRPC takes the next message when nearly all of the last one is gone.
    private void forgetSent() {
        if (sent != null) {
            sent.giveBack();
            sent = null;
        }
    }

    private void closeWhenAnswered() {
        if (ended && !closed && requests.isEmpty()) {
            close(end);
        }
    }

    private void close(Status status) {
        if (closed) {
            return;
        }
        closed = true;
        giveUp();
        call.close(status, new Metadata());
    }

    private void giveUp() {
        connection.guarded(
                SUBJECT,
                () -> {
                    List<StreamRequest> unanswered = List.copyOf(requests);
                    requests.clear();
                    connection.heap().give((long) REQUEST * unanswered.size());
                    arriving = null;
                    unanswered.forEach(StreamRequest::cancel);
                    line.close();
                    outgoing.forEach(StreamAnswer::drop);
                    outgoing.clear();
                    unread = 0;
                    forgetSent();
                    readOn();
                });
    }

    /// Does a step whose failure is this stream's.
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) {
            connection.report(SUBJECT, broken);
            connection.guarded(
                    SUBJECT, () -> close(Failures.status(ServingException.unexpected(broken))));
        }
    }
}
