package dev.espalier.server.grpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// About how many bytes of the heap an inference request takes up when it is parsed, told before that: a list of
/// short strings takes up thirty times what it has bytes. A message that is broken counts as far as it can be read.
final class ParsedSize {
    /// What an object for one field takes up.
    private static final int OBJECT = 100;

    /// Lists of numbers grow by half of what they hold, and are copied then.
    private static final long GROWING = 3;

    private static final int INPUTS = 5;
    private static final int CONTENTS = 5;
    private static final int SHAPE = 3;

    private final ByteBuffer in;
    private long size;

    private ParsedSize(ByteBuffer in) {
        this.in = in;
    }

    /// @param in the message without its raw tensors
    static long of(ByteBuffer in) {
        ParsedSize parsed = new ParsedSize(in.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        parsed.message(Level.REQUEST, in.limit());
        return parsed.size;
    }

    private enum Level {
        REQUEST,
        INPUT,
        CONTENTS,
        OTHER
    }

    private void message(Level level, int end) {
        while (in.position() < end) {
            long tag = number(end);
            switch ((int) (tag & 7)) {
                case 0 -> {
                    long _ = number(end);
                    size += OBJECT;
                }
                case 1 -> skip(Long.BYTES, end);
                case 5 -> skip(Integer.BYTES, end);
                case 2 -> {
                    long length = number(end);
                    int most = end - in.position();
                    field(
                            level,
                            (int) (tag >>> 3),
                            length < 0 ? most : (int) Math.min(length, most));
                }
                default -> in.position(end);
            }
        }
    }

    private void skip(int count, int end) {
        size += OBJECT;
        in.position(Math.min(end, in.position() + count));
    }

    private void field(Level level, int number, int length) {
        int end = in.position() + length;
        switch (level) {
            case REQUEST -> message(number == INPUTS ? Level.INPUT : Level.OTHER, end);
            case INPUT -> {
                if (number == CONTENTS) {
                    message(Level.CONTENTS, end);
                } else if (number == SHAPE) {
                    numbers(end);
                }
            }
            case CONTENTS -> {
                if (number <= 5) {
                    numbers(end);
                } else {
                    size += GROWING * length;
                }
            }
            case OTHER -> {}
        }
        size += OBJECT + 2L * length;
        in.position(end);
    }

    /// Each ends with the first byte whose highest bit is not set.
    private void numbers(int end) {
        long count = 0;
        for (int at = in.position(); at < end; at++) {
            count += in.get(at) >= 0 ? 1 : 0;
        }
        size += GROWING * Long.BYTES * count;
    }

    private long number(int end) {
        long number = 0;
        for (int shift = 0; in.position() < end && shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                break;
            }
        }
        return number;
    }
}
