package dev.espalier.server.inference;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Counts the strings of an input, once they are there: per string a 4-byte length and that many bytes.
final class StringCheck {
    private StringCheck() {}

    /// @param expected how many strings the input's shape asks for
    /// @throws ServingException INVALID_ARGUMENT when there are more or fewer, or the last is cut short
    static void check(ByteBuffer data, long expected, InferenceRequest request, String input)
            throws ServingException {
        ByteBuffer rest = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long count = 0;
        long cut = -1;
        long available = 0;
        while (rest.hasRemaining()) {
            if (rest.remaining() < Integer.BYTES) {
                throw invalid(
                        "%sincomplete string length indicator for inference input '%s' for model '%s', expecting 4 bytes but only %d bytes available. Please make sure the string length indicator is in one buffer."
                                .formatted(
                                        RequestValidator.prefix(request.id()),
                                        input,
                                        request.modelName(),
                                        rest.remaining()));
            }
            long length = Integer.toUnsignedLong(rest.getInt());
            count++;
            if (count > expected) {
                break;
            }
            if (length > rest.remaining()) {
                cut = length;
                available = rest.remaining();
            }
            rest.position(rest.position() + (int) Math.min(length, rest.remaining()));
        }
        if (count != expected) {
            throw invalid(
                    (count > expected
                                    ? "%sunexpected number of string elements %d for inference input '%s' for model '%s', expecting %d"
                                    : "%sexpected %5$d string elements for inference input '%3$s' for model '%4$s', got %2$d")
                            .formatted(
                                    RequestValidator.prefix(request.id()),
                                    count,
                                    input,
                                    request.modelName(),
                                    expected));
        }
        // How many there are is judged before how long they are.
        if (cut >= 0) {
            throw invalid(
                    "incomplete string data for inference input '%s', expecting string of length %d but only %d bytes available"
                            .formatted(input, cut, available));
        }
    }

    private static ServingException invalid(String message) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
