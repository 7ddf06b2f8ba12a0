package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;

/// The escapes of JSON strings, decoded to UTF-8.
final class JsonStrings {
    private JsonStrings() {}

    /// Appends the string whose escaped text lies between `start` and `end`, quotes excluded.
    static void decode(byte[] text, int start, int end, ByteBuffer out) throws ServingException {
        int at = start;
        while (at < end) {
            byte c = text[at];
            if (c != '\\') {
                if (c >= 0 && c < ' ') {
                    throw JsonFailures.syntax("Invalid encoding in string.", at);
                }
                out.put(c);
                at++;
                continue;
            }
            byte escaped = at + 1 < end ? text[at + 1] : 0;
            switch (escaped) {
                case '"', '\\', '/' -> out.put(escaped);
                case 'b' -> out.put((byte) '\b');
                case 'f' -> out.put((byte) '\f');
                case 'n' -> out.put((byte) '\n');
                case 'r' -> out.put((byte) '\r');
                case 't' -> out.put((byte) '\t');
                case 'u' -> at = unicode(text, at, end, out) - 2;
                default -> throw JsonFailures.syntax("Invalid escape character in string.", at);
            }
            at += 2;
        }
    }

    private static int unicode(byte[] text, int backslash, int end, ByteBuffer out)
            throws ServingException {
        int unit = hex(text, backslash, end);
        int next = backslash + 6;
        int codePoint = unit;
        if (Character.isSurrogate((char) unit)) {
            boolean pair =
                    Character.isHighSurrogate((char) unit)
                            && end - next >= 6
                            && text[next] == '\\'
                            && text[next + 1] == 'u';
            int low = pair ? hex(text, next, end) : 0;
            if (!Character.isLowSurrogate((char) low)) {
                throw JsonFailures.syntax("The surrogate pair in string is invalid.", backslash);
            }
            codePoint = Character.toCodePoint((char) unit, (char) low);
            next += 6;
        }
        put(codePoint, out);
        return next;
    }

    private static int hex(byte[] text, int backslash, int end) throws ServingException {
        int value = 0;
        for (int i = 2; i < 6; i++) {
            int digit = backslash + i < end ? Character.digit(text[backslash + i], 16) : -1;
            if (digit < 0) {
                throw JsonFailures.syntax(
                        "Incorrect hex digit after \\u escape in string.", backslash);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static void put(int codePoint, ByteBuffer out) {
        if (codePoint < 0x80) {
            out.put((byte) codePoint);
        } else if (codePoint < 0x800) {
            out.put((byte) (0xC0 | codePoint >> 6)).put(continuation(codePoint));
        } else if (codePoint < 0x10000) {
            out.put((byte) (0xE0 | codePoint >> 12))
                    .put(continuation(codePoint >> 6))
                    .put(continuation(codePoint));
        } else {
            out.put((byte) (0xF0 | codePoint >> 18))
                    .put(continuation(codePoint >> 12))
                    .put(continuation(codePoint >> 6))
                    .put(continuation(codePoint));
        }
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | bits & 0x3F);
    }
}
