package dev.espalier.server.grpc;

import dev.espalier.server.inference.InferenceResult;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// What one of a stream's requests is answered with, on its way out.
///
/// @param last whether it is the request's last one
/// @param message null where the client is told nothing
/// @param result what the message's tensors lie in; null where they do in none
/// @param packed what a compressed message counts in; null where it is not compressed
/// @param end what the whole stream ends with; null where it goes on
/// @param counted what its request counts of the heap for it
record StreamAnswer(
        StreamRequest request,
        boolean last,
        @Nullable AnswerPieces message,
        @Nullable InferenceResult result,
        @Nullable CountedPieces packed,
        @Nullable Status end,
        long counted) {
    /// A message without tensors.
    static StreamAnswer said(StreamRequest request, boolean last, AnswerPieces message) {
        return new StreamAnswer(request, last, message, null, null, null, 0);
    }

    /// Nothing that the client is told.
    static StreamAnswer silent(StreamRequest request) {
        return new StreamAnswer(request, true, null, null, null, null, 0);
    }

    /// The end of the stream.
    static StreamAnswer end(StreamRequest request, Status status) {
        return new StreamAnswer(request, true, null, null, null, status, 0);
    }

    int length() {
        return message == null ? 0 : message.length();
    }

    /// It is not sent.
    void drop() {
        request.give(counted);
        if (result != null) {
            result.release();
        }
        if (packed != null) {
            packed.giveBack();
        }
    }
}
