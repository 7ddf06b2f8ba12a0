package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.memory.FairShare;
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
final class InferCall extends ServerCall.Listener<InputStream> implements Responder {
    private static final int CHUNK = 8 << 10;

    /// What the log and the metrics call these.
    private static final String SUBJECT = "ModelInfer";

    /// Results that are less work than this are ranked and compressed on the loop.
    private static final long SHORT = 256 << 10;

    private static final int COMPRESSING = 4;

    private final ServerCall<InputStream, InferAnswer> call;
    private final GrpcServices services;
    private final GrpcConnection connection;
    private final Coding coding;
    private final CountedPieces compressed;
    private @Nullable InferUpload upload;
    private @Nullable Unpacking packed;
    private boolean awaitsEmptyMessage;
    private boolean unpacking;
    private boolean halfClosed;
    private boolean cancelled;
    private boolean closed;
    private boolean refused;
    private @Nullable ServingException failure;
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
            Coding coding) {
        this.call = call;
        this.services = services;
        this.connection = connection;
        this.coding = coding;
        this.compressed = new CountedPieces(connection.heap());
    }

    // --- the request

    /// The request's message of so many bytes begins to arrive, and gRPC is going to be shown an empty one
    /// in its place.
    void arriving(int length) {
        upload = newUpload(length);
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
        upload = newUpload(Long.MAX_VALUE);
        packed = new Unpacking(name, connection.heap());
        awaitsEmptyMessage = true;
        return true;
    }

    private InferUpload newUpload(long length) {
        return new InferUpload(services, connection, this, length);
    }

    /// The next piece of it.
    void arrived(ByteBuffer piece) {
        InferUpload begun = upload;
        if (begun == null || failure != null) {
            return;
        }
        guarded(() -> {
            Unpacking gathering = packed;
            if (gathering == null) {
                begun.feed(piece);
                return;
            }
            try {
                gathering.add(piece);
            } catch (ServingException full) {
                fail(full);
            }
        });
    }

    /// It is complete.
    void arrived() {
        guarded(this::unpack);
    }

    /// Decompresses the next piece.
    private void unpack() {
        Unpacking message = packed;
        if (message == null || failure != null) {
            return;
        }
        try {
            connection.offload(Unpacking.PIECE, SUBJECT, message::next, this::unpacked);
            unpacking = true;
        } catch (ServingException full) {
            fail(full);
        }
    }

    private void unpacked(Outcome<ByteBuffer> piece) {
        unpacking = false;
        guarded(() -> {
            InferUpload begun = upload;
            try {
                ByteBuffer bytes = piece.get();
                boolean more = bytes.hasRemaining();
                if (begun != null && !cancelled && failure == null && more) {
                    begun.feed(bytes);
                    if (!begun.isBroken()) {
                        unpack();
                    }
                }
            } catch (ServingException broken) {
                fail(broken);
            }
        });
        if (!unpacking) {
            forgetPacked();
            if (halfClosed && !cancelled) {
                finish();
            }
        }
    }

    private void forgetPacked() {
        if (packed != null && !unpacking) {
            packed.close();
            packed = null;
        }
    }

    /// The request is not waited for any longer.
    void refuse(ServingException cause) {
        refused = true;
        guarded(() -> {
            fail(cause);
            failed(cause);
        });
    }

    /// The request cannot be served; what is left of it is read past.
    private void fail(ServingException cause) {
        failure = cause;
        if (upload != null) {
            upload.cancel();
        }
        forgetPacked();
    }

    @Override
    public void onMessage(InputStream message) {
        if (awaitsEmptyMessage) {
            awaitsEmptyMessage = false;
            return;
        }
        if (upload != null) {
            refuseSecond();
            return;
        }
        guarded(() -> {
            try {
                read(message);
            } catch (IOException broken) {
                // What is compressed is not what its coding says.
                failure = Failures.internal("the message cannot be read: " + broken.getMessage());
            }
        });
    }

    /// Answers at once: behind a third message, which nobody asks gRPC for, the end would never come.
    private void refuseSecond() {
        refused = true;
        giveUp();
        failed(Failures.internal("a second message came (expected: one request a call)"));
    }

    private void read(InputStream message) throws IOException {
        boolean plain = message instanceof HasByteBuffer view && view.byteBufferSupported();
        long length =
                plain && message instanceof KnownLength ? message.available() : Long.MAX_VALUE;
        InferUpload begun = newUpload(length);
        upload = begun;
        if (plain) {
            ByteBuffer view;
            while ((view = ((HasByteBuffer) message).getByteBuffer()) != null
                    && view.hasRemaining()) {
                int count = view.remaining();
                begun.feed(view);
                message.skipNBytes(count);
            }
        } else {
            byte[] chunk = new byte[CHUNK];
            int count;
            while (!begun.isBroken() && (count = message.read(chunk)) >= 0) {
                begun.feed(ByteBuffer.wrap(chunk, 0, count));
            }
        }
    }

    @Override
    public void onHalfClose() {
        if (refused) {
            return;
        }
        halfClosed = true;
        if (!unpacking) {
            finish();
        }
    }

    private void finish() {
        guarded(() -> {
            InferUpload complete = upload;
            if (failure == null && complete == null) {
                failure =
                        Failures.internal(
                                "the call ended without a message (expected: one request)");
            }
            if (failure == null && complete != null) {
                try {
                    complete.finish();
                    return;
                } catch (ServingException unserved) {
                    failure = unserved;
                }
            }
            if (failure != null) {
                failed(failure);
            }
        });
    }

    @Override
    public void onCancel() {
        closed = true;
        giveUp();
    }

    private void giveUp() {
        cancelled = true;
        guarded(() -> {
            if (upload != null) {
                upload.cancel();
            }
            forgetPacked();
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
        long work = result.rankingWork();
        if (coding.level() != 0) {
            for (InferenceResult.Output output : result.outputs()) {
                work += (long) COMPRESSING * output.data().remaining();
            }
        }
        if (work <= SHORT) {
            send(result, prepared(result));
            return;
        }
        connection.offload(
                work,
                SUBJECT,
                () -> prepared(result),
                message -> guarded(() -> send(result, message)));
    }

    /// The message, on any thread.
    private AnswerPieces prepared(InferenceResult result) throws ServingException {
        AnswerPieces message = AnswerPieces.of(result.ranked(connection.heap()), services.copied());
        return coding.level() == 0
                ? message
                : message.compressed(coding.level(), services.copied(), compressed);
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
        if (coding.level() != 0) {
            call.setCompression(MessageCodings.RESPONSE_CODING);
        }
        call.sendHeaders(new Metadata());
        if (coding.level() != 0 || message.isSmall()) {
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

    /// Does a step whose failure is this call's.
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) {
            connection.report(SUBJECT, broken);
            connection.guarded(
                    SUBJECT,
                    () -> {
                        ServingException told = ServingException.unexpected(broken);
                        fail(told);
                        release();
                        failed(told);
                    });
        }
    }
}
