package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The header of a request with its `data` arrays cut out, so that a JSON parser sees a short text
/// and the values are read once, by [JsonValues].
///
/// In the short text the array with the number n stands as `[n]`.
final class DataArrays {
    private static final int MAX_DEPTH = 100;

    /// More than any model has names: read, each byte of it becomes several.
    private static final int LONGEST_REST = 1 << 20;

    /// Objects in the array of a member of the root: there `data` means tensor values.
    private static final int TENSOR_DEPTH = 3;

    private final byte[] text;
    private final int length;
    private byte[] rest = new byte[256];
    private int restLength;
    private int[] bounds = new int[4];
    private int count;
    private int keyStart;
    private int keyEnd;

    private DataArrays(byte[] text, int length) {
        this.text = text;
        this.length = length;
    }

    /// Nothing cut.
    static DataArrays none() {
        return new DataArrays(new byte[0], 0);
    }

    /// @throws ServingException INTERNAL when an array does not end or is nested too deep
    static DataArrays cut(byte[] text, int length) throws ServingException {
        DataArrays arrays = new DataArrays(text, length);
        arrays.scan();
        return arrays;
    }

    byte[] rest() {
        return rest;
    }

    int restLength() {
        return restLength;
    }

    /// Where the values of array `index` begin, behind its bracket.
    int start(int index) {
        return bounds[2 * index];
    }

    /// The offset of the closing bracket of array `index`.
    int end(int index) {
        return bounds[2 * index + 1];
    }

    int count() {
        return count;
    }

    private void scan() throws ServingException {
        int depth = 0;
        int kept = 0;
        byte previous = 0;
        int at = 0;
        while (at < length) {
            byte c = text[at];
            switch (c) {
                case '"' -> {
                    int end = stringEnd(at);
                    if (previous != ':') {
                        keyStart = at + 1;
                        keyEnd = end;
                    }
                    at = end;
                }
                case '{' -> depth++;
                case '}', ']' -> depth--;
                case '[' -> {
                    if (previous == ':' && depth == TENSOR_DEPTH && isData()) {
                        keep(kept, at + 1);
                        kept = arrayEnd(at);
                        add(at + 1, kept);
                        at = kept;
                    } else {
                        depth++;
                    }
                }
                default -> {}
            }
            if (c > ' ') {
                previous = c;
            }
            at++;
        }
        keep(kept, length);
    }

    private boolean isData() {
        return keyEnd - keyStart == 4
                && text[keyStart] == 'd'
                && text[keyStart + 1] == 'a'
                && text[keyStart + 2] == 't'
                && text[keyStart + 3] == 'a';
    }

    private int stringEnd(int quote) {
        return stringEnd(text, length, quote);
    }

    /// The offset of the quotation mark that ends the string which begins at `quote`; `length` where none does.
    static int stringEnd(byte[] text, int length, int quote) {
        int at = quote + 1;
        while (at < length && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, length);
    }

    private int arrayEnd(int bracket) throws ServingException {
        int depth = 0;
        for (int at = bracket; at < length; at++) {
            switch (text[at]) {
                case '"' -> at = stringEnd(at);
                case '[', '{' -> {
                    if (++depth > MAX_DEPTH) {
                        throw new ServingException(
                                ErrorCode.INTERNAL,
                                "Unable to parse 'data': arrays are nested deeper than "
                                        + MAX_DEPTH);
                    }
                }
                case ']', '}' -> {
                    if (--depth == 0) {
                        return at;
                    }
                }
                default -> {}
            }
        }
        throw JsonFailures.syntax("Missing a comma or ] after an array element.", length);
    }

    private void add(int start, int end) throws ServingException {
        byte[] number = Integer.toString(mark(start, end)).getBytes(StandardCharsets.US_ASCII);
        ensure(number.length);
        System.arraycopy(number, 0, rest, restLength, number.length);
        restLength += number.length;
    }

    /// Values stand between these offsets, too.
    ///
    /// @return the number of their array
    int mark(int start, int end) {
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        return count++;
    }

    private void keep(int from, int to) throws ServingException {
        int size = to - from;
        ensure(size);
        System.arraycopy(text, from, rest, restLength, size);
        restLength += size;
    }

    private void ensure(int more) throws ServingException {
        if ((long) restLength + more > LONGEST_REST) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the JSON of the request has more than %d bytes besides the values in its 'data' arrays (expected: at most so many)"
                            .formatted(LONGEST_REST));
        }
        if (rest.length - restLength < more) {
            rest = Arrays.copyOf(rest, Math.max(2 * rest.length, restLength + more));
        }
    }
}
