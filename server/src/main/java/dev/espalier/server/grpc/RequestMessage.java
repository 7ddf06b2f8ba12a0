package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.Responder;
import dev.espalier.server.work.Outcome;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The message of an inference request on its way in. Plain bytes go on as they come; compressed ones are gathered,
/// and decompressed beside the loop, piece by piece. Used by its connection's loop only.
final class RequestMessage {
    private final GrpcConnection connection;
    private final Owner owner;
    private final InferUpload upload;
    private final String subject;
    private @Nullable Unpacking packed;
    private boolean unpacking;
    private boolean finishing;
    private boolean cancelled;
    private @Nullable ServingException failure;

    /// Whose message it is.
    interface Owner extends Responder {
        /// Does a step whose failure is the owner's.
        void guarded(Runnable step);

        /// The request has been handed over, or the owner been told why not.
        void taken();
    }

    /// @param subject what the log and the metrics call it
    /// @param coding how it is compressed; null where it is not
    /// @param length how many bytes it has; `Long.MAX_VALUE` where that is not known
    RequestMessage(
            GrpcServices services,
            GrpcConnection connection,
            Owner owner,
            String subject,
            @Nullable String coding,
            long length) {
        this.connection = connection;
        this.owner = owner;
        this.subject = subject;
        this.packed = coding == null ? null : new Unpacking(coding, connection.heap());
        this.upload = new InferUpload(services, connection, owner, subject, length, owner::taken);
    }

    /// The next piece of it.
    void add(ByteBuffer piece) {
        if (failure != null) {
            return;
        }
        owner.guarded(() -> {
            Unpacking gathering = packed;
            if (gathering == null) {
                upload.feed(piece);
                return;
            }
            try {
                gathering.add(piece);
            } catch (ServingException full) {
                fail(full);
            }
        });
    }

    /// Whether nothing of what is still to come is looked at.
    boolean isBroken() {
        return failure != null || upload.isBroken();
    }

    /// It is complete.
    void complete() {
        owner.guarded(this::unpack);
    }

    /// Decompresses the next piece.
    private void unpack() {
        Unpacking message = packed;
        if (message == null || failure != null) {
            return;
        }
        try {
            connection.offload(Unpacking.PIECE, subject, message::next, this::unpacked);
            unpacking = true;
        } catch (ServingException full) {
            fail(full);
        }
    }

    private void unpacked(Outcome<ByteBuffer> piece) {
        unpacking = false;
        owner.guarded(() -> {
            try {
                ByteBuffer bytes = piece.get();
                if (!isBroken() && bytes.hasRemaining()) {
                    upload.feed(bytes);
                    if (!upload.isBroken()) {
                        unpack();
                    }
                }
            } catch (ServingException broken) {
                fail(broken);
            }
        });
        if (!unpacking) {
            forgetPacked();
            if (finishing && !cancelled) {
                handOver();
            }
        }
    }

    private void forgetPacked() {
        if (packed != null && !unpacking) {
            packed.close();
            packed = null;
        }
    }

    /// Nothing follows it: the request is handed over, or its owner told what is wrong with it.
    void finish() {
        finishing = true;
        if (!unpacking) {
            handOver();
        }
    }

    private void handOver() {
        owner.guarded(() -> {
            if (failure == null) {
                try {
                    upload.finish();
                } catch (ServingException unserved) {
                    failure = unserved;
                }
            }
            if (failure != null) {
                owner.failed(failure);
            }
            if (!upload.isWorking()) {
                owner.taken();
            }
        });
    }

    /// The request, as far as it is known.
    InferUpload.Described described() {
        return upload.described();
    }

    /// Whether the request may have any number of answers.
    boolean isDecoupled() {
        return upload.isDecoupled();
    }

    /// The request cannot be served; what is left of it is read past.
    void fail(ServingException cause) {
        failure = cause;
        upload.refuse(cause);
        forgetPacked();
    }

    /// Nobody wants an answer any more. May be called at any time, also again.
    void cancel() {
        cancelled = true;
        upload.cancel();
        forgetPacked();
    }
}
