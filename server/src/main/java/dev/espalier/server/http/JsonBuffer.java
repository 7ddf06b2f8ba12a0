package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// JSON text being written. A long one lies in pieces, which count in a budget from the moment when they are made.
final class JsonBuffer {
    /// The longest text that is one piece.
    static final int PIECE = 64 << 10;

    private static final int INITIAL = 512;

    /// Room that [#reserve] leaves: more than a number or an escaped byte takes up.
    private static final int RESERVE = 64;

    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    /// Whole pieces, before `bytes`.
    private List<AnswerPiece> full = new ArrayList<>(0);

    private int fullLength;
    private byte[] bytes = new byte[INITIAL];
    private int length;

    /// What `bytes` counts in the budget.
    private int counted;

    int length() {
        return fullLength + length;
    }

    /// Empties the buffer for the next text, and lets go of the memory of a long one.
    void clear() {
        if (bytes.length > 16 * INITIAL || counted > 0) {
            bytes = new byte[INITIAL];
        }
        full = new ArrayList<>(0);
        fullLength = 0;
        length = 0;
        counted = 0;
    }

    /// Appends the text, which is one piece, to `out`.
    void copyTo(ByteBuf out) {
        out.writeBytes(bytes, 0, length);
    }

    byte[] bytes() {
        byte[] whole = new byte[length()];
        int at = 0;
        for (AnswerPiece piece : full) {
            piece.bytes().get(0, whole, at, piece.length());
            at += piece.length();
        }
        System.arraycopy(bytes, 0, whole, at, length);
        return whole;
    }

    /// Whether the text is in one piece, which does not count.
    boolean isShort() {
        return full.isEmpty();
    }

    /// The text where it stands, in its pieces, which are the caller's from now on; the buffer is empty then.
    List<AnswerPiece> pieces() {
        List<AnswerPiece> pieces = full;
        pieces.add(new AnswerPiece(ByteBuffer.wrap(bytes, 0, length), counted));
        bytes = new byte[INITIAL];
        counted = 0;
        clear();
        return pieces;
    }

    /// Makes room for a value of a long text.
    ///
    /// @throws ServingException OVERLOADED when `heap` has none
    void reserve(BudgetShare heap) throws ServingException {
        if (bytes.length - length < RESERVE && bytes.length >= PIECE) {
            heap.take(PIECE);
            nextPiece(PIECE);
            counted = PIECE;
        }
    }

    private void nextPiece(int size) {
        full.add(new AnswerPiece(ByteBuffer.wrap(bytes, 0, length), counted));
        fullLength += length;
        bytes = new byte[size];
        length = 0;
        counted = 0;
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
        if (bytes.length - length >= more) {
            return;
        }
        if (bytes.length >= PIECE) {
            // Not counted, because this is no value of a tensor: a name, or what follows the
            // values.
            nextPiece(Math.max(PIECE, more));
        } else {
            int doubled = Math.min(2 * bytes.length, PIECE);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, Math.addExact(length, more)));
        }
    }
}
