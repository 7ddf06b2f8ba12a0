package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads the values of one `data` array, nested or flat, into the binary form of a tensor.
final class JsonValues {
    private static final ServingExceptionText SHAPE =
            new ServingExceptionText(
                    "Unable to parse 'data': Shape does not match true shape of 'data' field");

    private final byte[] text;
    private final int end;
    private final String input;
    private final DataType type;
    private final long expected;
    private final JsonNumbers numbers;
    private final BudgetShare heap;
    private ByteBuffer out;
    private int at;
    private long count;

    private record ServingExceptionText(String text) {
        ServingException failure() {
            return new ServingException(ErrorCode.INTERNAL, text);
        }
    }

    private JsonValues(
            byte[] text,
            int start,
            int end,
            String input,
            DataType type,
            long expected,
            BudgetShare heap)
            throws ServingException {
        this.text = text;
        this.at = start;
        this.end = end;
        this.input = input;
        this.type = type;
        this.expected = expected;
        this.numbers = new JsonNumbers(text, end);
        // A value takes up a character and a comma, so the text bounds the memory, whatever the
        // shape.
        long most = Math.min(expected, (end - start) / 2L + 1);
        this.heap = heap;
        this.out = allocated((int) Math.min(most * size(type), MAX_ARRAY));
    }

    private static final int COUNTED_FROM = 64 << 10;
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 16;

    private static long size(DataType type) {
        return type == DataType.BYTES ? 8 : type.elementSize();
    }

    /// The values between `start` and `end`, the offset of the closing bracket, as bytes: from 0 to the
    /// buffer's limit.
    ///
    /// @param expected how many values the shape asks for
    /// @param heap counts the buffer, which [#counted] tells
    /// @throws ServingException when there are more or fewer, or values of another type; or when there is no room
    static ByteBuffer read(
            byte[] text,
            int start,
            int end,
            String input,
            DataType type,
            long expected,
            BudgetShare heap)
            throws ServingException {
        JsonValues values = new JsonValues(text, start, end, input, type, expected, heap);
        boolean read = false;
        try {
            values.read();
            read = true;
        } finally {
            if (!read) {
                heap.give(counted(values.out));
            }
        }
        return values.out.flip();
    }

    /// What a buffer of values counts in the budget.
    static long counted(ByteBuffer values) {
        return values.capacity() < COUNTED_FROM ? 0 : values.capacity();
    }

    private ByteBuffer allocated(int capacity) throws ServingException {
        heap.take(capacity < COUNTED_FROM ? 0 : capacity);
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void read() throws ServingException {
        int depth = 1;
        boolean valueAllowed = true;
        boolean closeAllowed = true;
        while (true) {
            skipBlanks();
            byte c = at < end ? text[at] : (byte) ']';
            if (c == ']') {
                if (!closeAllowed) {
                    throw JsonFailures.syntax("Invalid value.", at);
                }
                if (--depth == 0) {
                    break;
                }
                if (at >= end) {
                    throw JsonFailures.syntax("Missing a comma or ] after an array element.", at);
                }
                at++;
                valueAllowed = false;
            } else if (c == ',') {
                if (valueAllowed) {
                    throw JsonFailures.syntax("Invalid value.", at);
                }
                at++;
                valueAllowed = true;
                closeAllowed = false;
            } else if (!valueAllowed) {
                throw JsonFailures.syntax("Missing a comma or ] after an array element.", at);
            } else if (c == '[') {
                depth++;
                at++;
                closeAllowed = true;
            } else {
                value(c);
                valueAllowed = false;
                closeAllowed = true;
            }
        }
        if (at != end) {
            throw JsonFailures.syntax("Missing a comma or ] after an array element.", at);
        }
        if (count != expected) {
            throw SHAPE.failure();
        }
    }

    private void skipBlanks() {
        while (at < end
                && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    private void value(byte first) throws ServingException {
        if (count++ >= expected) {
            throw SHAPE.failure();
        }
        switch (type) {
            case FP32 -> out.putFloat((float) real());
            case FP64 -> out.putDouble(real());
            case INT8 -> out.put((byte) signed(Byte.MIN_VALUE, Byte.MAX_VALUE));
            case INT16 -> out.putShort((short) signed(Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> out.putInt((int) signed(Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT64 -> out.putLong(signed(Long.MIN_VALUE, Long.MAX_VALUE));
            case UINT8 -> out.put((byte) unsigned(0xFF));
            case UINT16 -> out.putShort((short) unsigned(0xFFFF));
            case UINT32 -> out.putInt((int) unsigned(0xFFFF_FFFFL));
            case UINT64 -> out.putLong(unsigned(-1L));
            case BOOL -> out.put(bool());
            case BYTES -> string(first);
            case FP16, BF16 ->
                    throw new ServingException(
                            ErrorCode.INVALID_ARGUMENT,
                            "receiving %s data via JSON is not supported. Please use the binary data format for input %s"
                                    .formatted(type, input));
        }
    }

    private double real() throws ServingException {
        int begin = at;
        double value = numbers.real(at);
        at = numbers.next();
        if (at < 0) {
            throw otherValue(begin, "non-number as double");
        }
        return value;
    }

    private long signed(long least, long most) throws ServingException {
        long value = numbers.signed(at);
        int begin = at;
        at = numbers.next();
        if (at < 0) {
            throw otherValue(begin, "non-signed-integer as signed-integer");
        }
        if (value < least || value > most) {
            throw outOfRange(begin, Long.toString(least), Long.toString(most));
        }
        return value;
    }

    private long unsigned(long most) throws ServingException {
        long value = numbers.unsigned(at);
        int begin = at;
        at = numbers.next();
        if (at < 0) {
            throw otherValue(begin, "non-unsigned-integer as unsigned-integer");
        }
        if (Long.compareUnsigned(value, most) > 0) {
            throw outOfRange(begin, "0", Long.toUnsignedString(most));
        }
        return value;
    }

    private ServingException outOfRange(int begin, String least, String most) {
        return new ServingException(
                ErrorCode.INVALID_ARGUMENT,
                "value %s of input '%s' does not fit %s (expected: %s..%s)"
                        .formatted(
                                new String(text, begin, at - begin, StandardCharsets.ISO_8859_1),
                                input,
                                type,
                                least,
                                most));
    }

    private byte bool() throws ServingException {
        if (literal(at, "true")) {
            at += 4;
            return 1;
        }
        if (literal(at, "false")) {
            at += 5;
            return 0;
        }
        throw otherValue(at, "non-boolean as boolean");
    }

    /// What stands at `begin` is a value of another type than `is` says, or no JSON at all.
    private ServingException otherValue(int begin, String is) {
        byte first = text[begin];
        boolean value =
                first == '"'
                        || first == '{'
                        || literal(begin, "true")
                        || literal(begin, "false")
                        || literal(begin, "null");
        if (!value) {
            numbers.real(begin);
            value = numbers.next() >= 0;
        }
        return value
                ? JsonFailures.wrongType("data", is)
                : JsonFailures.syntax("Invalid value.", begin);
    }

    private boolean literal(int begin, String word) {
        if (end - begin < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[begin + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void string(byte first) throws ServingException {
        if (first != '"') {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "Unable to parse JSON bytes array: attempt to access JSON non-string as"
                            + " string");
        }
        int closing = at + 1;
        while (closing < end && text[closing] != '"') {
            closing += text[closing] == '\\' ? 2 : 1;
        }
        if (closing >= end) {
            throw JsonFailures.syntax("Missing a closing quotation mark in string.", at);
        }
        // An escape is never shorter than the bytes that it stands for.
        grow(4 + closing - at);
        int lengthAt = out.position();
        out.position(lengthAt + 4);
        JsonStrings.decode(text, at + 1, closing, out);
        out.putInt(lengthAt, out.position() - lengthAt - 4);
        at = closing + 1;
    }

    private void grow(int more) throws ServingException {
        if (out.remaining() >= more) {
            return;
        }
        long needed = (long) out.position() + more;
        if (needed > MAX_ARRAY) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the strings of input '%s' take up more than %d bytes"
                            .formatted(input, MAX_ARRAY));
        }
        int capacity = (int) Math.min(MAX_ARRAY, Math.max(needed, 2L * out.capacity()));
        ByteBuffer old = out;
        out = allocated(capacity).put(old.flip());
        heap.give(counted(old));
    }
}
