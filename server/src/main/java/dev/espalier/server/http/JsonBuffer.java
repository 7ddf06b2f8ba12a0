package dev.espalier.server.http;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// JSON text being written: a growing array of bytes.
final class JsonBuffer {
    private static final int INITIAL = 512;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private byte[] bytes = new byte[INITIAL];
    private int length;

    int length() {
        return length;
    }

    /// Empties the buffer for the next text, and lets go of the memory of a very long one.
    void clear() {
        length = 0;
        if (bytes.length > 16 * INITIAL) {
            bytes = new byte[INITIAL];
        }
    }

    /// Appends the whole text to `out`.
    void copyTo(ByteBuf out) {
        out.writeBytes(bytes, 0, length);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    /// The text where it stands, for as long as nothing is added.
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    JsonBuffer raw(byte[] text) {
        ensure(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        return this;
    }

    /// ASCII text, as it is.
    JsonBuffer raw(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    JsonBuffer raw(char c) {
        ensure(1);
        bytes[length++] = (byte) c;
        return this;
    }

    JsonBuffer bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    JsonBuffer number(long value) {
        if (value == Long.MIN_VALUE) {
            return raw("-9223372036854775808");
        }
        ensure(20);
        long rest = Math.abs(value);
        int digits = value < 0 ? 2 : 1;
        for (long bound = rest; bound >= 10; bound /= 10) {
            digits++;
        }
        for (int at = length + digits; at > length; rest /= 10) {
            bytes[--at] = (byte) ('0' + rest % 10);
        }
        if (value < 0) {
            bytes[length] = '-';
        }
        length += digits;
        return this;
    }

    /// `[2,3]`.
    JsonBuffer numbers(long[] values) {
        raw('[');
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                raw(',');
            }
            number(values[i]);
        }
        return raw(']');
    }

    /// A string with quotes and escapes, in UTF-8; lone surrogates become `?`.
    JsonBuffer string(String text) {
        ensure(text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] rest = text.substring(i).getBytes(StandardCharsets.UTF_8);
                for (byte b : rest) {
                    escaped(b);
                }
                break;
            }
            escaped((byte) c);
        }
        return raw('"');
    }

    /// One byte of a string, escaped where JSON demands it.
    void escaped(byte c) {
        ensure(6);
        switch (c) {
            case '"', '\\' -> escape((char) c);
            case '\b' -> escape('b');
            case '\f' -> escape('f');
            case '\n' -> escape('n');
            case '\r' -> escape('r');
            case '\t' -> escape('t');
            default -> {
                if (c >= 0 && c < ' ') {
                    raw("\\u00");
                    bytes[length++] = HEX[c >> 4];
                    bytes[length++] = HEX[c & 15];
                } else {
                    bytes[length++] = c;
                }
            }
        }
    }

    private void escape(char letter) {
        bytes[length++] = '\\';
        bytes[length++] = (byte) letter;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
        }
    }
}
