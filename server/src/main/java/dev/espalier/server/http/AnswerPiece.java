package dev.espalier.server.http;

import java.nio.ByteBuffer;

/// Some bytes of an answer.
///
/// @param bytes from position 0
/// @param counted what they count in the budget of the heap until they are sent
record AnswerPiece(ByteBuffer bytes, long counted) {
    int length() {
        return bytes.remaining();
    }
}
