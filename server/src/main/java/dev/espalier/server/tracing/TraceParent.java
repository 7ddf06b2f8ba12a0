package dev.espalier.server.tracing;

import org.jspecify.annotations.Nullable;

/// The span of a client in which a request is made, as W3C's header `traceparent` names it.
///
/// @param traceId 32 hexadecimal digits
/// @param spanId 16 of them
/// @param sampled whether the client traces, too
public record TraceParent(String traceId, String spanId, boolean sampled) {
    private static final int LENGTH = 55;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;

    /// Reads a header; null where there is none, or none that W3C's rules allow. Such a header counts as none, by the
    /// same rules.
    public static @Nullable TraceParent of(@Nullable String header) {
        if (header == null || header.length() < LENGTH || header.startsWith("ff")) {
            return null;
        }
        // Version 00 has no more; later ones may.
        if (header.length() > LENGTH && (header.startsWith("00") || header.charAt(LENGTH) != '-')) {
            return null;
        }
        String trace = header.substring(3, SPAN - 1);
        String span = header.substring(SPAN, FLAGS - 1);
        boolean wellFormed =
                isHex(header, 0, 2)
                        && header.charAt(2) == '-'
                        && isHex(trace, 0, trace.length())
                        && header.charAt(SPAN - 1) == '-'
                        && isHex(span, 0, span.length())
                        && header.charAt(FLAGS - 1) == '-'
                        && isHex(header, FLAGS, LENGTH);
        if (!wellFormed || isZero(trace) || isZero(span)) {
            return null;
        }
        int flags = Character.digit(header.charAt(LENGTH - 1), 16);
        return new TraceParent(trace, span, (flags & 1) == 1);
    }

    /// In lower case, as the rules want it.
    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(digit -> digit == '0');
    }
}
