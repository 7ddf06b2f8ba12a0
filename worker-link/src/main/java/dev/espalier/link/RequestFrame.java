package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// The description of one execution in a slot of IN: which inputs lie where, which outputs are wanted.
/// A cursor over shared memory that is used again and again.
///
/// ```text
///  0  inputs 4 · wanted outputs 4 · members 4, or 0 where there is one request · (4)
/// 16  per wanted output: index 4; padded to 8
///  …  per member: rows 4 · loop 4
///  …  per input: index 4 · type 4 · rank 4 · (4) · address in IN 8 · byte size 8 · rank × dimension 8
/// ```
///
/// Not safe for use by several threads.
public final class RequestFrame {
    private static final int HEAD = 16;
    private static final int MEMBER = 8;
    private static final int INPUT_HEAD = 32;

    private final MemorySegment in;
    private long base;
    private long end;
    private long cursor;
    private int inputs;
    private int outputs;
    private int members;
    private long firstMember;
    private long input;

    public RequestFrame(MemorySegment in) {
        this.in = in;
    }

    // --- the server's side

    /// Begins the frame of `slot`.
    ///
    /// @param memberCount how many requests the execution is for, which are described; 0 for one
    public RequestFrame begin(int slot, int inputCount, int outputCount, int memberCount) {
        base = LinkLayout.frame(slot);
        end = base + LinkLayout.FRAME_SIZE;
        in.set(JAVA_INT, base, inputCount);
        in.set(JAVA_INT, base + 4, outputCount);
        in.set(JAVA_INT, base + 8, memberCount);
        cursor = base + HEAD;
        inputs = inputCount;
        outputs = outputCount;
        return this;
    }

    /// Whether a frame has room for so many tensors with so many dimensions altogether, and for so many requests.
    public static boolean fits(
            int inputCount, int outputCount, int dimensionCount, int memberCount) {
        return HEAD
                        + 4L * outputCount
                        + 4
                        + (long) MEMBER * memberCount
                        + (long) inputCount * INPUT_HEAD
                        + 8L * dimensionCount
                <= LinkLayout.FRAME_SIZE;
    }

    /// Adds a wanted output; all of them come first.
    public void putWanted(int outputIndex) {
        in.set(JAVA_INT, cursor, outputIndex);
        cursor += 4;
        if (cursor == base + HEAD + 4L * outputs) {
            cursor = align(cursor);
        }
    }

    /// Adds a request; all of them come before the inputs, in the order of their rows.
    ///
    /// @param loop which of the server's loops it lives on
    public void putMember(int rows, int loop) {
        in.set(JAVA_INT, cursor, rows);
        in.set(JAVA_INT, cursor + 4, loop);
        cursor += MEMBER;
    }

    /// Adds an input; its dimensions follow, one by one.
    public void putInput(int index, int typeCode, int rank, long address, long byteSize) {
        in.set(JAVA_INT, cursor, index);
        in.set(JAVA_INT, cursor + 4, typeCode);
        in.set(JAVA_INT, cursor + 8, rank);
        in.set(JAVA_LONG, cursor + 16, address);
        in.set(JAVA_LONG, cursor + 24, byteSize);
        cursor += INPUT_HEAD;
    }

    /// Adds a dimension of the input before.
    public void putDimension(long dimension) {
        in.set(JAVA_LONG, cursor, dimension);
        cursor += 8;
    }

    /// The frame's length.
    public int length() {
        return (int) (cursor - base);
    }

    // --- the worker's side

    /// Reads the frame of `slot`, which has `length` bytes.
    ///
    /// @throws LinkException when the frame is not one
    public RequestFrame read(int slot, int length) throws LinkException {
        if (slot < 0 || slot >= LinkLayout.SLOTS) {
            throw new LinkException(
                    "slot: " + slot + " (expected: 0.." + (LinkLayout.SLOTS - 1) + ")");
        }
        if (length < HEAD || length > LinkLayout.FRAME_SIZE) {
            throw new LinkException(
                    "request frame's length: %d (expected: %d..%d)"
                            .formatted(length, HEAD, LinkLayout.FRAME_SIZE));
        }
        base = LinkLayout.frame(slot);
        end = base + length;
        inputs = in.get(JAVA_INT, base);
        outputs = in.get(JAVA_INT, base + 4);
        members = in.get(JAVA_INT, base + 8);
        firstMember = align(base + HEAD + 4L * Math.max(0, outputs));
        cursor = firstMember + (long) MEMBER * Math.max(0, members);
        if (inputs < 0
                || outputs < 0
                || members < 0
                || members > LinkLayout.MAX_MEMBERS
                || cursor > end) {
            throw new LinkException(
                    "request frame of %d bytes with %d inputs, %d outputs and %d requests"
                            .formatted(length, inputs, outputs, members));
        }
        return this;
    }

    public int inputCount() {
        return inputs;
    }

    public int wantedCount() {
        return outputs;
    }

    /// The index of a wanted output in the model's signature.
    public int wanted(int position) {
        return in.get(JAVA_INT, base + HEAD + 4L * position);
    }

    /// How many requests are described; 0 where there is one.
    public int memberCount() {
        return members;
    }

    /// How many rows a request has.
    public int rows(int member) {
        return in.get(JAVA_INT, firstMember + (long) MEMBER * member);
    }

    /// Which loop a request lives on.
    public int loop(int member) {
        return in.get(JAVA_INT, firstMember + (long) MEMBER * member + 4);
    }

    /// Moves to the next input.
    ///
    /// @throws LinkException when the frame ends before it does, or names bytes outside of IN
    public void nextInput() throws LinkException {
        input = cursor;
        if (input + INPUT_HEAD > end) {
            throw new LinkException("request frame ends within an input");
        }
        int rank = rank();
        cursor = input + INPUT_HEAD + 8L * rank;
        if (rank < 0 || cursor > end) {
            throw new LinkException(
                    "input's rank: " + rank + " in a request frame that ends before");
        }
    }

    public int inputIndex() {
        return in.get(JAVA_INT, input);
    }

    public int typeCode() {
        return in.get(JAVA_INT, input + 4);
    }

    public int rank() {
        return in.get(JAVA_INT, input + 8);
    }

    /// Where the input's bytes lie in IN, not checked: see [MappedSegments#locate].
    public long address() {
        return in.get(JAVA_LONG, input + 16);
    }

    public long byteSize() {
        return in.get(JAVA_LONG, input + 24);
    }

    public long dimension(int axis) {
        return in.get(JAVA_LONG, input + INPUT_HEAD + 8L * axis);
    }

    private static long align(long offset) {
        return offset + 7 & -8L;
    }
}
