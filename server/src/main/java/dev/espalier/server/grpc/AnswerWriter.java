package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceResult;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import java.util.function.Consumer;

/// Makes messages of a call's results: ranked and compressed as its client wants, beside the loop where that takes long.
final class AnswerWriter {
    /// Results that are less work than this are ranked and compressed on the loop.
    private static final long SHORT = 256 << 10;

    private static final int COMPRESSING = 4;

    private final GrpcServices services;
    private final GrpcConnection connection;
    private final String subject;
    private final int level;

    /// What a call's messages look like.
    interface Form {
        /// On any thread.
        AnswerPieces of(InferenceResult result) throws ServingException;
    }

    /// @param subject what the log and the metrics call it
    /// @param level of [java.util.zip.Deflater]; 0 for no compression
    AnswerWriter(GrpcServices services, GrpcConnection connection, String subject, int level) {
        this.services = services;
        this.connection = connection;
        this.subject = subject;
        this.level = level;
    }

    /// Whether messages are compressed.
    boolean compresses() {
        return level != 0;
    }

    /// Makes a message, which `written` is told on the loop: before this returns, where it is little work.
    ///
    /// @param compressed where a compressed message lies
    /// @throws ServingException OVERLOADED when too much other work waits
    void write(
            InferenceResult result,
            Form form,
            CountedPieces compressed,
            Consumer<Outcome<AnswerPieces>> written)
            throws ServingException {
        long size = work(result);
        Work<AnswerPieces> work = () -> written(result, form, compressed);
        if (size <= SHORT) {
            written.accept(connection.outcome(subject, work));
        } else {
            connection.offload(size, subject, work, written);
        }
    }

    private long work(InferenceResult result) {
        long work = result.rankingWork();
        if (compresses()) {
            for (InferenceResult.Output output : result.outputs()) {
                work += (long) COMPRESSING * output.data().remaining();
            }
        }
        return work;
    }

    private AnswerPieces written(InferenceResult result, Form form, CountedPieces compressed)
            throws ServingException {
        AnswerPieces message = form.of(result.ranked(connection.heap()));
        return compresses() ? message.compressed(level, services.copied(), compressed) : message;
    }
}
