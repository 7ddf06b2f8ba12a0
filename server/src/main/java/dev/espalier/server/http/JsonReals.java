package dev.espalier.server.http;

/// Prints floating-point numbers as Triton's clients are used to: at least one decimal, plain up to 21
/// digits, `NaN` and `Infinity` as words.
final class JsonReals {
    private static final double EXACT = 1L << 53;
    private static final int PLAIN_DIGITS = 21;
    private static final int LEADING_ZEROS = -6;

    private JsonReals() {}

    static void print(double value, JsonBuffer out) {
        if (value == Math.rint(value) && Math.abs(value) < EXACT) {
            if (value == 0 && 1 / value < 0) {
                out.raw('-');
            }
            out.number((long) value).raw(".0");
        } else if (Double.isFinite(value)) {
            finite(value, out);
        } else {
            out.raw(Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }

    private static void finite(double value, JsonBuffer out) {
        String shortest = Double.toString(Math.abs(value));
        if (value < 0) {
            out.raw('-');
        }
        int e = shortest.indexOf('E');
        int mantissaEnd = e < 0 ? shortest.length() : e;
        int point = shortest.indexOf('.');
        String digits = shortest.substring(0, point) + shortest.substring(point + 1, mantissaEnd);
        // The value is 0.digits times ten to the power of `scale`.
        int scale = point + (e < 0 ? 0 : Integer.parseInt(shortest, e + 1, shortest.length(), 10));
        int first = 0;
        while (digits.charAt(first) == '0') {
            first++;
            scale--;
        }
        int last = digits.length();
        while (digits.charAt(last - 1) == '0') {
            last--;
        }
        print(digits.substring(first, last), scale, out);
    }

    private static void print(String digits, int scale, JsonBuffer out) {
        int count = digits.length();
        if (count <= scale && scale <= PLAIN_DIGITS) {
            out.raw(digits);
            zeros(scale - count, out);
            out.raw(".0");
        } else if (0 < scale && scale <= PLAIN_DIGITS) {
            out.raw(digits.substring(0, scale)).raw('.').raw(digits.substring(scale));
        } else if (LEADING_ZEROS < scale && scale <= 0) {
            out.raw("0.");
            zeros(-scale, out);
            out.raw(digits);
        } else {
            out.raw(digits.substring(0, 1));
            if (count > 1) {
                out.raw('.').raw(digits.substring(1));
            }
            out.raw('e').number(scale - 1);
        }
    }

    private static void zeros(int count, JsonBuffer out) {
        for (int i = 0; i < count; i++) {
            out.raw('0');
        }
    }
}
