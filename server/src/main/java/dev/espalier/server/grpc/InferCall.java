package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.inference.Responder;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One call of `ModelInfer`. Everything here runs on its connection's event loop.
final class InferCall extends ServerCall.Listener<InputStream> implements Responder {
    private static final int CHUNK = 8 << 10;

    private final ServerCall<InputStream, InferAnswer> call;
    private final GrpcServices services;
    private final boolean compressed;
    private @Nullable InferUpload upload;
    private boolean awaitsEmptyMessage;
    private boolean refused;
    private @Nullable ServingException failure;

    InferCall(
            ServerCall<InputStream, InferAnswer> call, GrpcServices services, boolean compressed) {
        this.call = call;
        this.services = services;
        this.compressed = compressed;
    }

    /// The request's message of so many bytes begins to arrive, and gRPC is going to be shown an empty one
    /// in its place.
    void arriving(int length) {
        upload = new InferUpload(services, this, length);
        awaitsEmptyMessage = true;
    }

    /// The next piece of it.
    void arrived(ByteBuffer piece) {
        if (upload != null) {
            upload.feed(piece);
        }
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
        try {
            read(message);
        } catch (IOException broken) {
            // What is compressed is not what its coding says.
            failure = Failures.internal("the message cannot be read: " + broken.getMessage());
        }
    }

    /// Answers at once: behind a third message, which nobody asks gRPC for, the end would never come.
    private void refuseSecond() {
        refused = true;
        onCancel();
        failed(Failures.internal("a second message came (expected: one request a call)"));
    }

    private void read(InputStream message) throws IOException {
        boolean plain = message instanceof HasByteBuffer view && view.byteBufferSupported();
        long length =
                plain && message instanceof KnownLength ? message.available() : Long.MAX_VALUE;
        InferUpload begun = new InferUpload(services, this, length);
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
            while ((count = message.read(chunk)) >= 0) {
                begun.feed(ByteBuffer.wrap(chunk, 0, count));
            }
        }
    }

    @Override
    public void onHalfClose() {
        if (refused) {
            return;
        }
        InferUpload complete = upload;
        if (failure == null && complete == null) {
            failure = Failures.internal("the call ended without a message (expected: one request)");
        }
        if (failure == null && complete != null) {
            try {
                complete.finish();
                return;
            } catch (ServingException refused) {
                failure = refused;
            }
        }
        if (failure != null) {
            failed(failure);
        }
    }

    @Override
    public void onCancel() {
        if (upload != null) {
            upload.cancel();
        }
    }

    @Override
    public void completed(InferenceResult result) {
        AnswerPieces message;
        try {
            message = AnswerPieces.of(result, services.copied());
        } catch (ServingException tooLong) {
            result.release();
            failed(tooLong);
            return;
        }
        if (compressed) {
            call.setCompression(MessageCodings.RESPONSE_CODING);
        }
        call.sendHeaders(new Metadata());
        if (compressed || message.isSmall()) {
            try {
                call.sendMessage(new InferAnswer(message, services.copied()));
            } finally {
                result.release();
            }
        } else {
            LargeAnswer.send(message, result, services.copied(), call);
        }
        call.close(Status.OK, new Metadata());
    }

    @Override
    public void failed(ServingException cause) {
        call.close(Failures.status(cause), new Metadata());
    }
}
