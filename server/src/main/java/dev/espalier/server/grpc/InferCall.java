package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.work.Outcome;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One call of `ModelInfer`. Everything here runs on its connection's event loop, but for what
/// [GrpcConnection#offload] has done beside it. Whatever fails without anybody having expected it fails this call.
final class InferCall extends ServerCall.Listener<InputStream> implements RequestMessage.Owner {
    private static final int CHUNK = 8 << 10;

    /// What the log and the metrics call these.
    private static final String SUBJECT = "ModelInfer";

    private final ServerCall<InputStream, InferAnswer> call;
    private final GrpcServices services;
    private final GrpcConnection connection;
    private final Coding coding;
    private final @Nullable Arrival arrival;
    private final AnswerWriter writer;
    private final CountedPieces compressed;
    private @Nullable RequestMessage message;
    private boolean awaitsEmptyMessage;
    private boolean cancelled;
    private boolean closed;
    private boolean refused;
    private @Nullable InferenceResult held;

    /// How a call's messages are compressed.
    ///
    /// @param request null where they are not
    /// @param level of [java.util.zip.Deflater] for the answer; 0 for none
    record Coding(@Nullable String request, int level) {}

    InferCall(
            ServerCall<InputStream, InferAnswer> call,
            GrpcServices services,
            GrpcConnection connection,
            Coding coding,
            @Nullable Arrival arrival) {
        this.call = call;
        this.services = services;
        this.connection = connection;
        this.coding = coding;
        this.arrival = arrival;
        this.writer = new AnswerWriter(services, connection, SUBJECT, coding.level());
        this.compressed = new CountedPieces(connection.heap());
    }

    // --- the request

    /// The request's message of so many bytes begins to arrive, and gRPC is going to be shown an empty one
    /// in its place.
    void arriving(int length) {
        message = newMessage(null, length);
        awaitsEmptyMessage = true;
    }

    /// The same of a compressed message.
    ///
    /// @return false where no coding of it has been named
    boolean arrivingPacked() {
        String name = coding.request();
        if (name == null) {
            return false;
        }
        message = newMessage(name, Long.MAX_VALUE);
        awaitsEmptyMessage = true;
        return true;
    }

    private RequestMessage newMessage(@Nullable String packing, long length) {
        return new RequestMessage(services, connection, this, SUBJECT, packing, length);
    }

    /// The next piece of it.
    void arrived(ByteBuffer piece) {
        RequestMessage begun = message;
        if (begun != null) {
            begun.add(piece);
        }
    }

    /// It is complete.
    void arrived() {
        RequestMessage begun = message;
        if (begun != null) {
            begun.complete();
        }
    }

    /// The request is not waited for any longer.
    void refuse(ServingException cause) {
        refused = true;
        guarded(() -> {
            forget(cause);
            failed(cause);
        });
    }

    private void forget(ServingException cause) {
        if (message != null) {
            message.fail(cause);
        }
    }

    @Override
    public void onMessage(InputStream whole) {
        if (awaitsEmptyMessage) {
            awaitsEmptyMessage = false;
            return;
        }
        if (message != null) {
            refuseSecond();
            return;
        }
        guarded(() -> {
            try {
                read(whole);
            } catch (IOException broken) {
                // What is compressed is not what its coding says.
                forget(Failures.internal("the message cannot be read: " + broken.getMessage()));
            }
        });
    }

    /// Answers at once: behind a third message, which nobody asks gRPC for, the end would never come.
    private void refuseSecond() {
        refused = true;
        giveUp();
        failed(Failures.internal("a second message came (expected: one request a call)"));
    }

    private void read(InputStream whole) throws IOException {
        boolean plain = whole instanceof HasByteBuffer view && view.byteBufferSupported();
        long length = plain && whole instanceof KnownLength ? whole.available() : Long.MAX_VALUE;
        RequestMessage begun = newMessage(null, length);
        message = begun;
        if (plain) {
            ByteBuffer view;
            while ((view = ((HasByteBuffer) whole).getByteBuffer()) != null
                    && view.hasRemaining()) {
                int count = view.remaining();
                begun.add(view);
                whole.skipNBytes(count);
            }
        } else {
            byte[] chunk = new byte[CHUNK];
            int count;
            while (!begun.isBroken() && (count = whole.read(chunk)) >= 0) {
                begun.add(ByteBuffer.wrap(chunk, 0, count));
            }
        }
    }

    @Override
    public void onHalfClose() {
        RequestMessage complete = message;
        if (arrival != null) {
            arrival.read();
        }
        if (refused) {
            return;
        }
        if (complete == null) {
            failed(Failures.internal("the call ended without a message (expected: one request)"));
        } else {
            complete.finish();
        }
    }

    @Override
    public void taken() {
        // One request is all that a call may bring.
    }

    @Override
    public void onCancel() {
        closed = true;
        giveUp();
    }

    private void giveUp() {
        cancelled = true;
        guarded(() -> {
            if (message != null) {
                message.cancel();
            }
            if (held == null) {
                compressed.giveBack();
            }
        });
    }

    // --- the answer

    @Override
    public List<FairShare> shares() {
        return connection.tensors();
    }

    @Override
    public @Nullable Arrival arrival() {
        return arrival;
    }

    @Override
    public String refusalOfDecoupled() {
        return "ModelInfer RPC doesn't support models with decoupled transaction policy";
    }

    @Override
    public void completed(InferenceResult result) {
        held = result;
        guarded(() -> {
            if (cancelled) {
                release();
                return;
            }
            try {
                answer(result);
            } catch (ServingException unanswerable) {
                release();
                failed(unanswerable);
            }
        });
    }

    private void answer(InferenceResult result) throws ServingException {
        writer.write(
                result,
                ranked -> AnswerPieces.of(ranked, services.copied()),
                compressed,
                written -> guarded(() -> send(result, written)));
    }

    private void send(InferenceResult result, Outcome<AnswerPieces> message) {
        try {
            send(result, message.get());
        } catch (ServingException unanswerable) {
            release();
            failed(unanswerable);
        }
    }

    private void send(InferenceResult result, AnswerPieces message) {
        if (cancelled) {
            release();
            compressed.giveBack();
            return;
        }
        if (writer.compresses()) {
            call.setCompression(MessageCodings.RESPONSE_CODING);
        }
        call.sendHeaders(new Metadata());
        if (writer.compresses() || message.isSmall()) {
            try {
                call.sendMessage(new InferAnswer(message, services.copied()));
            } finally {
                release();
            }
        } else {
            held = null;
            LargeAnswer.send(message, result, services.copied(), call);
        }
        closed = true;
        call.close(Status.OK, new Metadata());
    }

    @Override
    public void onComplete() {
        compressed.giveBack();
    }

    private void release() {
        InferenceResult unused = held;
        held = null;
        if (unused != null) {
            unused.release();
        }
    }

    @Override
    public void failed(ServingException cause) {
        if (!closed) {
            closed = true;
            call.close(Failures.status(cause), new Metadata());
        }
    }

    @Override
    public void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) {
            connection.report(SUBJECT, broken);
            connection.guarded(
                    SUBJECT,
                    () -> {
                        ServingException told = ServingException.unexpected(broken);
                        forget(told);
                        release();
                        failed(told);
                    });
        }
    }
}
