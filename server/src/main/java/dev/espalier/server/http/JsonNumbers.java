package dev.espalier.server.http;

import java.nio.charset.StandardCharsets;

/// Reads single numbers out of JSON text without making a String of each.
///
/// After a call, [#next] is the offset behind the number, or -1 when there was none of that kind.
final class JsonNumbers {
    /// Powers of ten that a double holds exactly.
    private static final double[] EXACT_POWERS = new double[23];

    private static final int EXACT_DIGITS = 15;

    static {
        double power = 1;
        for (int i = 0; i < EXACT_POWERS.length; i++, power *= 10) {
            EXACT_POWERS[i] = power;
        }
    }

    private final byte[] text;
    private final int end;
    private int next;

    JsonNumbers(byte[] text, int end) {
        this.text = text;
        this.end = end;
    }

    int next() {
        return next;
    }

    /// A number with or without fraction that a double can hold; also `NaN`, `Inf` and `Infinity`, which JSON lacks and
    /// clients send.
    double real(int start) {
        int at = start;
        boolean negative = at < end && text[at] == '-';
        at += negative ? 1 : 0;
        int firstDigit = at;
        long mantissa = 0;
        int digits = 0;
        int exponent = 0;
        while (isDigit(at)) {
            mantissa = mantissa * 10 + (text[at++] - '0');
            digits += mantissa == 0 ? 0 : 1;
        }
        int integerDigits = at - firstDigit;
        if (integerDigits == 0) {
            return special(at, negative);
        }
        if (integerDigits > 1 && text[firstDigit] == '0') {
            return none();
        }
        if (at < end && text[at] == '.') {
            int point = at++;
            while (isDigit(at)) {
                mantissa = mantissa * 10 + (text[at++] - '0');
                digits += mantissa == 0 ? 0 : 1;
                exponent--;
            }
            if (at == point + 1) {
                return none();
            }
        }
        if (at < end && (text[at] | 0x20) == 'e') {
            int begin = ++at;
            boolean down = at < end && text[at] == '-';
            at += at < end && (down || text[at] == '+') ? 1 : 0;
            int power = 0;
            int powerStart = at;
            while (isDigit(at)) {
                power = Math.min(power * 10 + (text[at++] - '0'), 100_000);
            }
            if (at == powerStart || at == begin && down) {
                return none();
            }
            exponent += down ? -power : power;
        }
        next = at;
        if (digits <= EXACT_DIGITS && exponent >= -22 && exponent <= 22) {
            double value =
                    exponent < 0
                            ? mantissa / EXACT_POWERS[-exponent]
                            : mantissa * EXACT_POWERS[exponent];
            return negative ? -value : value;
        }
        double value =
                Double.parseDouble(new String(text, start, at - start, StandardCharsets.US_ASCII));
        return Double.isInfinite(value) ? none() : value;
    }

    long signed(int start) {
        boolean negative = start < end && text[start] == '-';
        long magnitude = integer(negative ? start + 1 : start);
        boolean fits =
                negative ? Long.compareUnsigned(magnitude, Long.MIN_VALUE) <= 0 : magnitude >= 0;
        if (next >= 0 && !fits) {
            next = -1;
        }
        return negative ? -magnitude : magnitude;
    }

    long unsigned(int start) {
        return integer(start);
    }

    private long integer(int start) {
        int at = start;
        long value = 0;
        while (isDigit(at)) {
            int digit = text[at++] - '0';
            if (Long.compareUnsigned(value, 1844674407370955161L) > 0
                    || value == 1844674407370955161L && digit > 5) {
                next = -1;
                return 0;
            }
            value = value * 10 + digit;
        }
        boolean real = at < end && (text[at] == '.' || (text[at] | 0x20) == 'e');
        boolean octal = at - start > 1 && text[start] == '0';
        next = at == start || real || octal ? -1 : at;
        return value;
    }

    private double special(int at, boolean negative) {
        if (word(at, "NaN")) {
            return Double.NaN;
        }
        if (word(at, "Infinity") || word(at, "Inf")) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return none();
    }

    private boolean word(int at, String word) {
        if (end - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[at + i] != word.charAt(i)) {
                return false;
            }
        }
        next = at + word.length();
        return true;
    }

    private double none() {
        next = -1;
        return 0;
    }

    private boolean isDigit(int at) {
        return at < end && text[at] >= '0' && text[at] <= '9';
    }
}
