package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.GatheredBytes;
import java.nio.ByteBuffer;

/// Splits an inference request, piece by piece as it arrives: tells the receiver the bytes of each of
/// its `raw_input_contents`, and gathers every other field.
///
/// What is gathered is again a valid message if the whole was one. Protobuf's own reader takes it from
/// there, so here is only what it takes to step from one field to the next.
final class RequestFields {
    /// Who takes the raw tensors.
    interface Receiver {
        /// The next raw tensor begins.
        void rawBegins(int size) throws ServingException;

        /// Some bytes of it: what `bytes` has left.
        void raw(ByteBuffer bytes) throws ServingException;
    }

    /// What the next byte is part of.
    private enum Step {
        TAG,
        NUMBER,
        LENGTH,
        RAW_LENGTH,
        CONTENT,
        RAW
    }

    private static final int WIRE_VARINT = 0;
    private static final int WIRE_FIXED64 = 1;
    private static final int WIRE_LENGTH = 2;
    private static final int WIRE_GROUP = 3;
    private static final int WIRE_GROUP_END = 4;
    private static final int WIRE_FIXED32 = 5;

    /// Field 7, `raw_input_contents`.
    private static final int RAW_TAG = 7 << 3 | WIRE_LENGTH;

    private static final int LONGEST_NUMBER = 70;

    /// More than any model has inputs, outputs and parameters: each costs more memory than it has bytes.
    private static final int MOST_FIELDS = 20_000;

    private final Receiver receiver;
    private final GatheredBytes others;
    private long unread;
    private Step step = Step.TAG;
    private int fieldStart;
    private int fields;
    private int depth;
    private long number;
    private int shift;
    private int left;

    /// @param heap for what is gathered; must be given back by closing [#others]
    /// @param length how many bytes the message has; `Long.MAX_VALUE` where that is not known
    RequestFields(Receiver receiver, BudgetShare heap, long length) {
        this.receiver = receiver;
        this.others = new GatheredBytes(heap);
        this.unread = length;
    }

    /// Everything but the raw tensors, as far as it has come.
    GatheredBytes others() {
        return others;
    }

    /// Whether the message may end here.
    boolean isComplete() {
        return step == Step.TAG && shift == 0 && depth == 0;
    }

    /// Takes the next piece, all of it.
    ///
    /// @throws ServingException when this cannot be a message, or what the receiver throws
    void feed(ByteBuffer piece) throws ServingException {
        unread -= piece.remaining();
        while (piece.hasRemaining()) {
            switch (step) {
                case TAG -> {
                    if (readNumber(piece, true)) {
                        tag(taken());
                    }
                }
                case NUMBER -> {
                    if (readNumber(piece, true)) {
                        number = 0;
                        nextField();
                    }
                }
                case LENGTH -> {
                    if (readNumber(piece, true)) {
                        content(taken(), piece);
                    }
                }
                case RAW_LENGTH -> {
                    if (readNumber(piece, false)) {
                        rawBegins(taken(), piece);
                    }
                }
                case CONTENT -> others.add(cut(piece));
                case RAW -> receiver.raw(cut(piece));
            }
            if (left == 0 && (step == Step.CONTENT || step == Step.RAW)) {
                nextField();
            }
        }
    }

    /// @return whether the number is complete
    private boolean readNumber(ByteBuffer piece, boolean gathered) throws ServingException {
        while (piece.hasRemaining()) {
            byte next = piece.get();
            if (gathered) {
                others.add(next);
            }
            if (shift == LONGEST_NUMBER) {
                throw Failures.malformed();
            }
            number |= (long) (next & 0x7f) << shift;
            shift += 7;
            if (next >= 0) {
                shift = 0;
                return true;
            }
        }
        return false;
    }

    private long taken() {
        long taken = number;
        number = 0;
        return taken;
    }

    private void tag(long tag) throws ServingException {
        fields++;
        if (fields > MOST_FIELDS) {
            throw Failures.invalid(
                    "the request has more than %d fields (expected: at most so many inputs, outputs, parameters and raw contents)"
                            .formatted(MOST_FIELDS));
        }
        if (tag == RAW_TAG && depth == 0) {
            others.truncate(fieldStart);
            step = Step.RAW_LENGTH;
            return;
        }
        switch ((int) (tag & 7)) {
            case WIRE_VARINT -> step = Step.NUMBER;
            case WIRE_LENGTH -> step = Step.LENGTH;
            case WIRE_FIXED64 -> content(Long.BYTES);
            case WIRE_FIXED32 -> content(Integer.BYTES);
            case WIRE_GROUP -> {
                depth++;
                nextField();
            }
            case WIRE_GROUP_END -> {
                depth--;
                if (depth < 0) {
                    throw Failures.malformed();
                }
                nextField();
            }
            default -> throw Failures.malformed();
        }
    }

    private void content(int size) {
        left = size;
        step = Step.CONTENT;
    }

    private void content(long size, ByteBuffer piece) throws ServingException {
        content(checked(size, piece));
    }

    private void rawBegins(long size, ByteBuffer piece) throws ServingException {
        left = checked(size, piece);
        step = Step.RAW;
        receiver.rawBegins(left);
    }

    private int checked(long size, ByteBuffer piece) throws ServingException {
        if (size < 0 || size > Integer.MAX_VALUE || size > unread + piece.remaining()) {
            throw Failures.malformed();
        }
        return (int) size;
    }

    private void nextField() {
        step = Step.TAG;
        fieldStart = others.length();
    }

    /// What of `piece` belongs to the content under way, as a view; `piece` goes on behind it.
    private ByteBuffer cut(ByteBuffer piece) {
        int count = Math.min(left, piece.remaining());
        ByteBuffer cut = piece.slice(piece.position(), count);
        piece.position(piece.position() + count);
        left -= count;
        return cut;
    }
}
